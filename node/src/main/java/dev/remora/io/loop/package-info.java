/// What every conversation and every data path stands on: event loops and trust in TLS servers.
///
/// [dev.remora.io.loop.TlsTrust] hands out TLS client handlers; a
/// [dev.remora.io.loop.ServerIdentity] says whom to accept.
@NullMarked
package dev.remora.io.loop;

import org.jspecify.annotations.NullMarked;
