/// Where engine and network meet: sockets, relays and control feed the [dev.remora.engine.Engine], and its outputs are performed.
///
///     UdpPorts ──┐                       ┌── UdpPorts
///     DerpRelays ┼─▶ EngineDriver ─ Engine ─▶ perform ┼── DerpRelays
///     Control ───┘     │      │           └── Control
///                      │      └ StreamChannel: a tailnet TCP stream as a Netty channel, on the same loop
///                      └ timers: one schedule for everything the engine waits for
///
/// [dev.remora.node.Node] is the front door for the program and for [dev.remora.RemoraNode].
@NullMarked
package dev.remora.node;

import org.jspecify.annotations.NullMarked;
