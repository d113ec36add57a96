/// What nodes talk to: the control server's side of the coordination protocol, on the routes of one HTTP front.
///
///     /key      whom to expect
///     /ts2021   HTTP/1.1 upgrade ──▶ NoiseResponder ──▶ records ──▶ HTTP/2 ──▶ one InnerStream per request
///                                                                               │ whole request read
///                                                                               ▼
///                                        a virtual thread each: MachineRoutes ──▶ Tailnet, MapService
///
/// Whoever can reach the port can shake hands, so everything inside is open to strangers. A connection is a stranger's
/// until a request on it was one that only a member can make; strangers are few, and have little of everything: bytes,
/// requests, time. What members are and may do is decided in `server.tailnet` and `server.netmap`.
@NullMarked
package dev.remora.server.control;

import org.jspecify.annotations.NullMarked;
