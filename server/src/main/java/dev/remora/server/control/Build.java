package dev.remora.server.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/// Which program this is, as its build wrote it down.
///
/// @param commit of the sources; `unknown` if whoever built had no git
/// @param dirty whether the sources were other than that commit's
record Build(String version, String commit, boolean dirty) {
    private static final String FILE = "build.properties";
    private static final String UNRELEASED = "-SNAPSHOT";
    private static final String DIRTY = "-dirty";

    static Build ofThisProgram() {
        Properties written = new Properties();
        try (InputStream in = Objects.requireNonNull(Build.class.getResourceAsStream(FILE))) {
            written.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return of(written.getProperty("version", ""), written.getProperty("commit", ""));
    }

    static Build of(String version, String commit) {
        return new Build(
                without(UNRELEASED, version), without(DIRTY, commit), commit.endsWith(DIRTY));
    }

    private static String without(String end, String text) {
        return text.endsWith(end) ? text.substring(0, text.length() - end.length()) : text;
    }

    /// With headscale's names, but for what runs it.
    String json() {
        return "{\"version\":\"%s\",\"commit\":\"%s\",\"dirty\":%b,\"java\":{\"version\":\"%s\",\"os\":\"%s\",\"arch\":\"%s\"}}"
                .formatted(
                        version,
                        commit,
                        dirty,
                        System.getProperty("java.version"),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"));
    }
}
