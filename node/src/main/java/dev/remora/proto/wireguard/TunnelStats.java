package dev.remora.proto.wireguard;

/// What a tunnel has seen since it was made.
///
/// @param sentBytes of datagrams, with all of WireGuard's overhead and nothing below
/// @param receivedBytes the same, authentic ones only
/// @param lastHandshakeAt in nanoseconds since the node started, -1 if there was none
/// @param canSend whether there is a session to send on
public record TunnelStats(
        long sentBytes, long receivedBytes, long lastHandshakeAt, boolean canSend) {}
