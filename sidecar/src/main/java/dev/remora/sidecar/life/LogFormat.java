package dev.remora.sidecar.life;

import dev.remora.sidecar.config.JsonTree;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/// How an event looks in the log. Only an exception's trace takes more than one line, and only as text.
enum LogFormat {
    /// `2026-01-02T03:04:05.678 INFO  Daemon: started`, in local time, with the logger's last name.
    TEXT {
        @Override
        String line(
                Instant time,
                Level level,
                String logger,
                String message,
                @Nullable Throwable thrown) {
            String at = LOCAL_TIME.format(time.atZone(ZoneId.systemDefault()));
            String padded = level.name().length() < 5 ? level + " " : level.name();
            String who = logger.substring(logger.lastIndexOf('.') + 1);
            String trace = thrown == null ? "" : trace(thrown);
            return at + " " + padded + " " + who + ": " + message + "\n" + trace;
        }
    },

    /// `{"time":…,"level":…,"logger":…,"msg":…}`; `error` holds the trace of an exception.
    JSON {
        @Override
        String line(
                Instant time,
                Level level,
                String logger,
                String message,
                @Nullable Throwable thrown) {
            Map<String, @Nullable Object> line = new LinkedHashMap<>();
            line.put("time", time.toString());
            line.put("level", level.name());
            line.put("logger", logger);
            line.put("msg", message);
            if (thrown != null) {
                line.put("error", trace(thrown));
            }
            return JsonTree.compact(line) + "\n";
        }
    };

    private static final DateTimeFormatter LOCAL_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS");

    /// The event with the end of its line.
    abstract String line(
            Instant time, Level level, String logger, String message, @Nullable Throwable thrown);

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
