package dev.remora.server.http;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpResponse;
import java.util.Optional;
import java.util.function.Consumer;

/// Something that takes connections over. It is asked on the server's loop.
@FunctionalInterface
public interface Upgrade {
    Outcome upgrade(Request request);

    /// What becomes of the connection.
    sealed interface Outcome {
        /// It stays HTTP.
        record Refused(FullHttpResponse answer) implements Outcome {}

        /// It is somebody else's from here on.
        ///
        /// @param answer goes out first, in one flush with what the new handlers write when they are added; empty: the
        ///     client expects none
        /// @param install adds handlers to the end of the pipeline; what the client sent behind its request is theirs
        record Taken(Optional<FullHttpResponse> answer, Consumer<ChannelPipeline> install)
                implements Outcome {}
    }
}
