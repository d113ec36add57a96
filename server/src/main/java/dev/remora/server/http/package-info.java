/// The HTTP/1.1 front that everything we serve shares, on one port: pages, and connections that become something else.
///
///     HttpServer ── accepted ──▶ (TLS) ──▶ HttpFront ── Routes ──┬──▶ Page, answers now or later
///                                                               └──▶ Upgrade, takes the connection over
///
/// One event loop owns all connections. Pages that need time answer from a thread of their own. What we speak here is
/// never HTTP/2: its connections cannot be upgraded.
@NullMarked
package dev.remora.server.http;

import org.jspecify.annotations.NullMarked;
