/// What this node publishes on the tailnet: forwarding of served ports to the app.
///
///     peer ── overlay stream ── [dev.remora.sidecar.serve.Splice] ── TCP socket ── app
///
/// Both ends of a splice live on the engine's loop, so a byte goes from the UDP socket to the app's socket without a queue or another thread.
@NullMarked
package dev.remora.sidecar.serve;

import org.jspecify.annotations.NullMarked;
