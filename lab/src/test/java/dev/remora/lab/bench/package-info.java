/// The same work given to a real tailscaled in userspace and to Remora, in one lab and in turns, so that what
/// disturbs the machine disturbs both. `./bench` in the repository's root runs it; `docs/performance.md` keeps the table.
///
///     client host: tailscaled (TUN), curl, iperf3, wrk
///        │ tailnet
///     node host:   the candidate, userspace ── serve --tcp ── localhost: a small web server, iperf3
@NullMarked
package dev.remora.lab.bench;

import org.jspecify.annotations.NullMarked;
