package dev.remora.sidecar.config;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// What one served port does: exactly one of web serving (`https`, `http`) and forwarding (`tcpForward`).
///
/// @param tcpForward `host:port`, or `unix:/path`
/// @param terminateTls end TLS here, with the certificate for this name, before forwarding
/// @param proxyProtocol version of the PROXY header that goes before the bytes; absent for none
@Json
public record TcpPortHandler(
        @Property("HTTPS") @Nullable Boolean https,
        @Property("HTTP") @Nullable Boolean http,
        @Property("TCPForward") @Nullable String tcpForward,
        @Property("TerminateTLS") @Nullable String terminateTls,
        @Property("ProxyProtocol") @Nullable Integer proxyProtocol) {

    /// Plain forwarding to `target`.
    public static TcpPortHandler forwardTo(String target) {
        return new TcpPortHandler(null, null, target, null, null);
    }

    /// The kind of a handler, in the words that refusals use.
    public enum Kind {
        HTTPS("https"),
        HTTP("http"),
        TLS_TERMINATED_TCP("tls-terminated-tcp"),
        TCP("tcp");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    public Kind kind() {
        if (Boolean.TRUE.equals(https)) {
            return Kind.HTTPS;
        }
        if (Boolean.TRUE.equals(http)) {
            return Kind.HTTP;
        }
        return terminateTls != null && !terminateTls.isEmpty() ? Kind.TLS_TERMINATED_TCP : Kind.TCP;
    }
}
