package dev.remora.sidecar.life;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.remora.sidecar.config.JsonTree;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One line per event, on standard error: as text, or as a JSON object.
final class Logging {
    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %-5level %logger{0}: %msg%n";

    private Logging() {}

    /// @param verbosity 0: from INFO on; 1: our own from DEBUG on; 2 and more: our own from TRACE on
    static void configure(int verbosity, boolean json) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(json ? new JsonLines() : text(context));
        appender.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN); // libraries: only what is wrong
        context.getLogger("io.netty")
                .setLevel(Level.ERROR); // warns of what is normal in a container
        root.addAppender(appender);
        context.getLogger("dev.remora")
                .setLevel(verbosity == 0 ? Level.INFO : verbosity == 1 ? Level.DEBUG : Level.TRACE);
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        return encoder;
    }

    /// `{"time":…,"level":…,"logger":…,"msg":…}`, one a line; `error` holds the trace of an exception.
    private static final class JsonLines extends EncoderBase<ILoggingEvent> {
        @Override
        public byte[] headerBytes() {
            return new byte[0];
        }

        @Override
        public byte[] footerBytes() {
            return new byte[0];
        }

        @Override
        public byte[] encode(ILoggingEvent event) {
            Map<String, @Nullable Object> line = new LinkedHashMap<>();
            line.put("time", event.getInstant().toString());
            line.put("level", event.getLevel().toString());
            line.put("logger", event.getLoggerName());
            line.put("msg", event.getFormattedMessage());
            IThrowableProxy thrown = event.getThrowableProxy();
            if (thrown != null) {
                line.put("error", ThrowableProxyUtil.asString(thrown));
            }
            return (JsonTree.compact(line) + "\n").getBytes(StandardCharsets.UTF_8);
        }
    }
}
