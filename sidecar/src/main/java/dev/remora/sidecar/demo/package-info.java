/// A whole tailnet in one process, to look at: no account, no rights, no network needed.
///
///     browser ── DemoDoor ── node "visitor" ══ tailnet ══ node "app" ── DemoServe ── DemoApp on localhost
///                                   ╲                       ╱
///                                    control server, relay, STUN
@NullMarked
package dev.remora.sidecar.demo;

import org.jspecify.annotations.NullMarked;
