package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/// All loggers of the program, and what they have in common: how much is said, in which form, and where to.
final class LineLoggers implements ILoggerFactory {
    private static final String OURS = "dev.remora";
    private static final String NETTY = "io.netty";

    private final Map<String, LineLogger> loggers = new ConcurrentHashMap<>();
    private final PrintStream out;
    private volatile Settings settings = new Settings(Level.WARN, LogFormat.TEXT);

    /// @param ours from which level on our own code is heard
    record Settings(Level ours, LogFormat format) {}

    LineLoggers(PrintStream out) {
        this.out = out;
    }

    /// Holds for the loggers there are, too.
    void configure(Settings now) {
        settings = now;
    }

    Settings settings() {
        return settings;
    }

    @Override
    public Logger getLogger(String name) {
        return loggers.computeIfAbsent(name, n -> new LineLogger(n, this));
    }

    boolean isEnabled(String logger, Level level) {
        return level.toInt() >= threshold(logger).toInt();
    }

    private Level threshold(String logger) {
        if (isIn(logger, OURS)) {
            return settings.ours;
        }
        // libraries: only what is wrong; Netty warns of what is normal in a container
        return isIn(logger, NETTY) ? Level.ERROR : Level.WARN;
    }

    private static boolean isIn(String logger, String tree) {
        return logger.startsWith(tree)
                && (logger.length() == tree.length() || logger.charAt(tree.length()) == '.');
    }

    /// Writes a line in one piece, so that those of other threads do not run into it.
    void write(String logger, Level level, String message, @Nullable Throwable thrown) {
        String line = settings.format.line(Instant.now(), level, logger, message, thrown);
        byte[] bytes = line.getBytes(UTF_8);
        out.write(bytes, 0, bytes.length);
        out.flush();
    }
}
