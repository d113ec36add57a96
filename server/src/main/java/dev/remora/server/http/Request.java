package dev.remora.server.http;

import dev.remora.base.IpPort;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// What somebody asks for. Immutable, and free of the connection's buffers.
///
/// @param path as it stood in the request, without the query
/// @param query behind the question mark, not decoded; empty if there was none
/// @param body within the route's bound
/// @param from the client, seen through trusted proxies; its port is 0 then
public record Request(
        HttpMethod method,
        String path,
        String query,
        HttpHeaders headers,
        byte[] body,
        IpPort from) {
    private static final int MOST_PARAMETERS = 64;

    /// The first value of a query parameter, decoded; empty too if the query is no valid one.
    public Optional<String> parameter(String name) {
        try {
            var decoder =
                    new QueryStringDecoder(query, StandardCharsets.UTF_8, false, MOST_PARAMETERS);
            return decoder.parameters().getOrDefault(name, List.of()).stream().findFirst();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// A header's first value, or nothing.
    public String header(CharSequence name) {
        return headers.get(name, "");
    }

    /// Whether the client would rather speak `protocol` from here on.
    public boolean wants(String protocol) {
        return header(HttpHeaderNames.UPGRADE).equalsIgnoreCase(protocol);
    }

    /// The body as text.
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
