/// The commands that run a tailnet for others: a relay, a control server, and those that tell a running server what to do.
@NullMarked
package dev.remora.sidecar.server;

import org.jspecify.annotations.NullMarked;
