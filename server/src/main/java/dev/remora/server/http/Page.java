package dev.remora.server.http;

import io.netty.handler.codec.http.FullHttpResponse;
import java.util.concurrent.CompletionStage;

/// Something to look at.
@FunctionalInterface
public interface Page {
    /// Called on the server's loop, so it must not block; the answer may come later, from any thread. One that fails
    /// becomes a 500. Length, connection and security headers are not its business.
    CompletionStage<FullHttpResponse> answer(Request request);
}
