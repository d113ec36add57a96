package dev.remora.sidecar.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/// The lines of a request in front of its body.
record HttpHead(List<String> lines) {
    private static final int LONGEST = 16 << 10;

    /// Reads up to the empty line.
    static HttpHead read(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String end = "\r\n\r\n";
        while (!bytes.toString(ISO_8859_1).endsWith(end)) {
            int next = in.read();
            if (next < 0 || bytes.size() == LONGEST) {
                throw new EOFException("no whole request");
            }
            bytes.write(next);
        }
        return new HttpHead(List.of(bytes.toString(ISO_8859_1).strip().split("\r\n")));
    }

    String path() {
        String[] words = lines.getFirst().split(" ");
        return words.length < 2 ? "" : words[1];
    }

    /// Empty if it is not there.
    String header(String name) {
        String start = name + ": ";
        return lines.stream()
                .filter(line -> line.regionMatches(true, 0, start, 0, start.length()))
                .map(line -> line.substring(start.length()))
                .findFirst()
                .orElse("");
    }

    /// The same with one header more, and whatever the client called by that name left out.
    HttpHead with(String name, String value) {
        List<String> next =
                new ArrayList<>(
                        lines.stream()
                                .filter(line ->
                                        !line.regionMatches(
                                                true, 0, name + ":", 0, name.length() + 1))
                                .toList());
        next.add(name + ": " + value);
        return new HttpHead(next);
    }

    byte[] bytes() {
        return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(ISO_8859_1);
    }
}
