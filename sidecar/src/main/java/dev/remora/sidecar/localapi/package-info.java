/// How the command line talks to a running daemon: HTTP/1.1 over a Unix socket, in the form that `tailscale` and `tailscaled` speak.
///
/// [dev.remora.sidecar.localapi.LocalApiServer] owns the socket and knows who is calling; what a request means is decided behind
/// [dev.remora.sidecar.localapi.ApiHandler], on a virtual thread of its own.
@NullMarked
package dev.remora.sidecar.localapi;

import org.jspecify.annotations.NullMarked;
