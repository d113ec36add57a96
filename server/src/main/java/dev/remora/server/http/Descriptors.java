package dev.remora.server.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How many files and sockets this process may have open. Who has none left cannot answer anybody, nor open a file of
/// its own.
final class Descriptors {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern SOFT_LIMIT = Pattern.compile("Max open files +(\\d+) ");
    private static final int UNKNOWN = Integer.MAX_VALUE;

    private Descriptors() {}

    /// Those that connections may take: the rest is for files, and for connections of our own.
    static int forConnections() {
        return forConnections(limits());
    }

    static int forConnections(String limits) {
        Matcher line = SOFT_LIMIT.matcher(limits);
        if (!line.find() || line.group(1).length() > 9) {
            return UNKNOWN;
        }
        int most = Integer.parseInt(line.group(1));
        return Math.max(1, most - Math.clamp(most / 4, 100, 1000));
    }

    private static String limits() {
        try {
            return Files.readString(LIMITS);
        } catch (IOException e) {
            return ""; // not Linux
        }
    }
}
