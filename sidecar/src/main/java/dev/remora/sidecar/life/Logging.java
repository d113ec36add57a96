package dev.remora.sidecar.life;

import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// One line per event, on standard error: as text, or as a JSON object.
final class Logging {
    private Logging() {}

    /// @param verbosity 0: from INFO on; 1: our own from DEBUG on; 2 and more: our own from TRACE on
    static void configure(int verbosity, boolean json) {
        Level ours = verbosity == 0 ? Level.INFO : verbosity == 1 ? Level.DEBUG : Level.TRACE;
        LogFormat format = json ? LogFormat.JSON : LogFormat.TEXT;
        LineLoggers loggers = (LineLoggers) LoggerFactory.getILoggerFactory();
        loggers.configure(new LineLoggers.Settings(ours, format));
    }
}
