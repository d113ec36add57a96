package dev.remora.io.derp;

/// How far a region's relay is, measured over HTTPS.
public sealed interface HttpsLatency {
    /// @param nanos from the request to the head of the response, on a connection that stood already
    /// @param ipv6 what the connection ran over
    record Measured(long nanos, boolean ipv6) implements HttpsLatency {}

    record Failed(String why) implements HttpsLatency {}
}
