package dev.remora.sidecar.life;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/// One logger: its name, and the rest is in [LineLoggers].
final class LineLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID =
            1; // SLF4J's loggers are Serializable; by name, see its readResolve

    private final transient LineLoggers all;

    LineLogger(String name, LineLoggers all) {
        this.name = name;
        this.all = all;
    }

    @Override
    public boolean isTraceEnabled() {
        return all.isEnabled(name, Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return all.isEnabled(name, Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return all.isEnabled(name, Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return all.isEnabled(name, Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return all.isEnabled(name, Level.ERROR);
    }

    /// Nothing here looks for the caller's line.
    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        String message = MessageFormatter.basicArrayFormat(pattern, arguments);
        all.write(name, level, String.valueOf(message), thrown);
    }
}
