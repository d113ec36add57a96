package dev.remora.sidecar.life;

import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// One line per event, on standard error: as text, or as a JSON object.
public final class Logging {
    private Logging() {}

    /// @param verbosity 0: from INFO on; 1: our own from DEBUG on; 2 and more: our own from TRACE on
    public static void configure(int verbosity, boolean json) {
        LogFormat format = json ? LogFormat.JSON : LogFormat.TEXT;
        loggers().configure(new LineLoggers.Settings(level(verbosity), format));
    }

    /// Says more or less from now on, in the form there is.
    static void verbosity(int verbosity) {
        LogFormat format = loggers().settings().format();
        loggers().configure(new LineLoggers.Settings(level(verbosity), format));
    }

    private static Level level(int verbosity) {
        return verbosity == 0 ? Level.INFO : verbosity == 1 ? Level.DEBUG : Level.TRACE;
    }

    private static LineLoggers loggers() {
        return (LineLoggers) LoggerFactory.getILoggerFactory();
    }
}
