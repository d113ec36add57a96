/// The programs a tailnet is made of, each on a host of the lab: the real `headscale`, `tailscaled` and `derper`,
/// built from their released modules (see `lab/peers/install.sh`), and our own daemon.
@NullMarked
package dev.remora.lab.peers;

import org.jspecify.annotations.NullMarked;
