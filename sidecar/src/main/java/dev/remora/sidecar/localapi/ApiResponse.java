package dev.remora.sidecar.localapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.sidecar.config.JsonTree;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the daemon answers.
public sealed interface ApiResponse {
    /// A whole answer.
    record Full(int status, String contentType, Map<String, String> headers, byte[] body)
            implements ApiResponse {}

    /// An answer that goes on until one side ends it. `start` is given the open stream.
    record Stream(String contentType, Consumer<ApiStream> start) implements ApiResponse {}

    static Full text(int status, String text) {
        return new Full(
                status, "text/plain; charset=utf-8", Map.of(), (text + "\n").getBytes(UTF_8));
    }

    static Full json(int status, @Nullable Object tree) {
        return new Full(
                status,
                "application/json",
                Map.of(),
                (JsonTree.compact(tree) + "\n").getBytes(UTF_8));
    }

    /// JSON for eyes: tabs and line ends.
    static Full prettyJson(@Nullable Object tree) {
        return new Full(
                200,
                "application/json",
                Map.of(),
                (JsonTree.indented(tree, "\t") + "\n").getBytes(UTF_8));
    }

    static Full empty(int status) {
        return new Full(status, "", Map.of(), new byte[0]);
    }

    static Full notFound() {
        return text(404, "404 page not found");
    }
}
