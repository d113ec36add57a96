package dev.remora.sidecar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One recorded command: its words, what it printed and how it ended.
record Capture(String name, List<String> words, String stdout, String stderr, int exit) {
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    static Capture read(String name) {
        String text = resource("cli/" + name + ".txt").orElseThrow();
        int out = text.indexOf("\n--- stdout\n");
        int err = text.indexOf("--- stderr\n", out);
        int rc = text.indexOf("--- rc ", err);
        String stdout = text.substring(out + "\n--- stdout\n".length(), err);
        String noNewline = "\n--- (no newline at the end of stdout)\n";
        if (stdout.endsWith(noNewline)) {
            stdout = stdout.substring(0, stdout.length() - noNewline.length());
        }
        return new Capture(
                name,
                words(text.substring(2, out)),
                stdout,
                text.substring(err + "--- stderr\n".length(), rc),
                Integer.parseInt(text.substring(rc + "--- rc ".length()).split("[ \n]", 2)[0]));
    }

    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        for (Matcher word = WORD.matcher(command); word.find(); ) {
            words.add(word.group(1) != null ? word.group(1) : word.group(2));
        }
        return List.copyOf(words.subList(1, words.size()));
    }

    /// All captures, or those of one folder, in the order in which they were made.
    static List<String> names(String folder) {
        try {
            Path root = Path.of(Capture.class.getResource("/captures/cli").toURI());
            try (Stream<Path> files = Files.walk(root.resolve(folder))) {
                return files.filter(file -> file.toString().endsWith(".txt"))
                        .map(file -> root.relativize(file).toString().replaceFirst("\\.txt$", ""))
                        .sorted()
                        .toList();
            }
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Optional<String> resource(String path) {
        try (InputStream in = Capture.class.getResourceAsStream("/captures/" + path)) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(new String(in.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
