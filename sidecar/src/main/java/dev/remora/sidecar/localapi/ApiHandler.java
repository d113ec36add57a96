package dev.remora.sidecar.localapi;

/// Answers requests. Called on a virtual thread of its own for each request; may block.
@FunctionalInterface
public interface ApiHandler {
    ApiResponse handle(ApiRequest request) throws Exception;
}
