/// What a server of ours presents to its clients: certificates from files or self-made, and behind them the extra one
/// that tells nodes the relay's key.
@NullMarked
package dev.remora.server.tls;

import org.jspecify.annotations.NullMarked;
