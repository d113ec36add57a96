package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.config.JsonTree;
import dev.remora.sidecar.life.LineLoggers.Settings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class LineLoggersTest {
    private static final String OURS = "dev.remora.node.Performer";

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final LineLoggers loggers = new LineLoggers(new PrintStream(written, false, UTF_8));

    @Test
    void slf4jFindsThem() {
        assertThat(LoggerFactory.getILoggerFactory()).isInstanceOf(LineLoggers.class);
    }

    @Test
    void aLineOfTextHasTimeLevelLastNameAndMessage() {
        loggers.configure(new Settings(Level.INFO, LogFormat.TEXT));
        loggers.getLogger(OURS).info("sent {} of {}", 3, "four");
        loggers.getLogger(OURS).error("nothing left");

        assertThat(written.toString(UTF_8).lines())
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .matches(
                                                "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}"
                                                        + " INFO  Performer: sent 3 of four"),
                        line -> assertThat(line).endsWith(" ERROR Performer: nothing left"));
    }

    @Test
    void aTraceFollowsItsLineOfText() {
        loggers.getLogger(OURS).warn("on {}", "input", new IllegalStateException("no way"));

        assertThat(written.toString(UTF_8).lines().toList())
                .hasSizeGreaterThan(2)
                .satisfies(lines -> {
                    assertThat(lines.get(0)).endsWith(" WARN  Performer: on input");
                    assertThat(lines.get(1)).isEqualTo("java.lang.IllegalStateException: no way");
                    assertThat(lines.get(2)).startsWith("\tat dev.remora");
                });
    }

    @Test
    void aLineOfJsonIsOneObjectWhateverTheMessageHolds() throws Exception {
        loggers.configure(new Settings(Level.TRACE, LogFormat.JSON));
        loggers.getLogger(OURS).trace("say \"ä\"\n{}", "twice", new IllegalStateException("no"));

        assertThat(written.toString(UTF_8)).endsWith("}\n").containsOnlyOnce("\n");
        Map<String, Object> line = JsonTree.read(written.toByteArray());
        assertThat(line.keySet()).containsExactly("time", "level", "logger", "msg", "error");
        assertThat(line)
                .containsEntry("level", "TRACE")
                .containsEntry("logger", OURS)
                .containsEntry("msg", "say \"ä\"\ntwice");
        assertThat(Instant.parse((String) line.get("time"))).isBefore(Instant.now());
        assertThat((String) line.get("error")).startsWith("java.lang.IllegalStateException: no\n");
    }

    @Test
    void verbosityIsForOurOwnCodeAlone() {
        Logger before = loggers.getLogger(OURS);
        loggers.configure(new Settings(Level.DEBUG, LogFormat.TEXT));

        assertThat(before.isDebugEnabled()).isTrue();
        assertThat(before.isTraceEnabled()).isFalse();
        assertThat(loggers.getLogger("dev.remorable.X").isInfoEnabled()).isFalse();
        assertThat(loggers.getLogger("io.airlift.X").isWarnEnabled()).isTrue();
        assertThat(loggers.getLogger("io.netty.X").isWarnEnabled()).isFalse();
        assertThat(loggers.getLogger("io.netty.X").isErrorEnabled()).isTrue();
    }

    @Test
    void whatIsNotEnabledIsNotWritten() {
        loggers.configure(new Settings(Level.INFO, LogFormat.TEXT));
        loggers.getLogger(OURS).debug("{}", "nobody reads this");

        assertThat(written.size()).isZero();
    }
}
