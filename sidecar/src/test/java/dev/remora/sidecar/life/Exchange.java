package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// One recorded exchange on the local API, see `vectors/localapi/README.md`.
///
/// @param target path and query
/// @param status 0 if there was no answer
/// @param answer the body, without the sizes of chunks
record Exchange(
        String method,
        String target,
        Map<String, String> headers,
        String body,
        int status,
        String contentType,
        Map<String, String> answerHeaders,
        String answer) {
    static Exchange read(String name) throws IOException {
        try (InputStream in =
                Exchange.class.getResourceAsStream("/vectors/localapi/" + name + ".http")) {
            String text = new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
            String request = between(text, "=== request\n", "\n=== response\n");
            String response = between(text, "\n=== response\n", "\n=== c");
            String[] line = request.substring(0, request.indexOf('\n')).split(" ", -1);
            Map<String, String> headers = headers(response);
            String body = after(response);
            return new Exchange(
                    line[0],
                    line[1],
                    headers(request),
                    after(request),
                    response.isBlank() ? 0 : Integer.parseInt(response.split(" ", -1)[1]),
                    headers.getOrDefault("content-type", ""),
                    headers,
                    headers.containsKey("transfer-encoding") ? unchunked(body) : body);
        }
    }

    private static String between(String text, String from, String to) {
        int start = text.indexOf(from) + from.length();
        int end = text.indexOf(to, start - 1);
        return end < start
                ? text.substring(Math.min(start, text.length()))
                : text.substring(start, end);
    }

    private static String after(String message) {
        int end = message.indexOf("\n\n");
        return end < 0 ? "" : message.substring(end + 2);
    }

    private static Map<String, String> headers(String message) {
        Map<String, String> headers = new HashMap<>();
        for (String line : message.lines().skip(1).takeWhile(l -> !l.isEmpty()).toList()) {
            String[] both = line.split(": ", 2);
            headers.put(both[0].toLowerCase(Locale.ROOT), both.length > 1 ? both[1] : "");
        }
        return headers;
    }

    private static String unchunked(String body) {
        List<String> lines = body.lines().filter(line -> !line.matches("[0-9a-f]{1,5}")).toList();
        return String.join("\n", lines);
    }
}
