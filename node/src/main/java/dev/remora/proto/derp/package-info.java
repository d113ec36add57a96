/// DERP, the relay protocol: frames addressed by node key over one byte stream (protocol version 2). Source: the
/// package comment and constants of tailscale's `derp/derp.go`.
///
///     0      1                5
///     | type | payload length | payload |
///
/// How a connection begins; with fast start the client knows the relay's key from a [MetaCertificate] and does not
/// wait for the first line:
///
///     relay  -> ServerKey          magic, the relay's public key
///     client -> ClientInfo         its node key, boxed JSON
///     client -> NotePreferred …    anything may follow at once
///     relay  -> ServerInfo         boxed JSON
///
/// TLS, the HTTP upgrade, reconnecting and choosing a relay belong to `io.derp`.
@NullMarked
package dev.remora.proto.derp;

import org.jspecify.annotations.NullMarked;
