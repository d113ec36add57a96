package dev.remora.lab.docker;

import dev.remora.lab.peers.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The files of a stack: `docker-compose.yml`, what is to be different in this lab, and what both of them name.
///
/// @param overlays files that Compose is to lay over its main one, in this order
/// @param texts by their paths in the stack's folder
/// @param copies of files and folders, by their paths in the stack's folder
/// @param variables what stands in for `${…}` in the files
public record ComposeFiles(
        List<String> overlays,
        Map<String, String> texts,
        Map<String, Path> copies,
        Map<String, String> variables) {
    private static final String MAIN = "docker-compose.yml";

    /// The example that users copy, with the app beside it.
    public static ComposeFiles example() {
        Path repository = Programs.repository();
        return new ComposeFiles(
                List.of(),
                Map.of(),
                Map.of(
                        MAIN,
                        repository.resolve("docker-compose.yml.example"),
                        "examples",
                        repository.resolve("examples")),
                Map.of());
    }

    /// A stack that lies in a folder of our resources.
    public static ComposeFiles resource(String name) {
        Path folder = Programs.repository().resolve("lab/src/test/resources/lab/stacks");
        Map<String, Path> copies = new LinkedHashMap<>();
        try (var files = Files.list(folder.resolve(name))) {
            files.forEach(file -> copies.put(String.valueOf(file.getFileName()), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ComposeFiles(List.of(), Map.of(), copies, Map.of());
    }

    /// A stack of the test's own.
    public static ComposeFiles of(String yaml) {
        return new ComposeFiles(List.of(), Map.of(MAIN, yaml), Map.of(), Map.of());
    }

    /// The same with another file, or this text in the place of one.
    public ComposeFiles withText(String path, String text) {
        Map<String, String> more = new LinkedHashMap<>(texts);
        more.put(path, text);
        return new ComposeFiles(overlays, more, copies, variables);
    }

    /// The same with something that Compose is to lay over what there is so far.
    public ComposeFiles with(String yaml) {
        String name = "overlay-" + overlays.size() + ".yml";
        return new ComposeFiles(plus(overlays, name), texts, copies, variables)
                .withText(name, yaml);
    }

    /// The same with more settings for this service.
    public ComposeFiles with(String service, String settings) {
        return with("services:\n  " + service + ":\n" + settings.indent(4));
    }

    /// The names of all files for Compose.
    List<String> names() {
        List<String> names = new ArrayList<>(List.of(MAIN));
        names.addAll(overlays);
        return names;
    }

    private static List<String> plus(List<String> some, String more) {
        List<String> all = new ArrayList<>(some);
        all.add(more);
        return all;
    }

    /// The same with a copy of this file.
    public ComposeFiles withCopy(String path, Path source) {
        Map<String, Path> more = new LinkedHashMap<>(copies);
        more.put(path, source);
        return new ComposeFiles(overlays, texts, more, variables);
    }

    public ComposeFiles withVariable(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(variables);
        more.put(name, value);
        return new ComposeFiles(overlays, texts, copies, more);
    }

    void writeTo(Path folder) {
        try {
            for (Map.Entry<String, Path> copy : copies.entrySet()) {
                copy(copy.getValue(), folder.resolve(copy.getKey()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        texts.forEach((path, text) -> write(folder.resolve(path), text));
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path source, Path target) throws IOException {
        try (var all = Files.walk(source)) {
            for (Path each : all.toList()) {
                Files.copy(each, target.resolve(source.relativize(each).toString()));
            }
        }
    }
}
