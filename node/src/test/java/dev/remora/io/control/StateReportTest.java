package dev.remora.io.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.io.control.ControlState.Connected;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StateReportTest {
    private static final Duration YEARS = Duration.ofDays(-1825);

    private final RecordingListener listener = new RecordingListener();
    private Instant now = Instant.EPOCH;
    private final StateReport report = new StateReport(listener, () -> now);

    private static Connected off(Duration serverAhead) {
        return new Connected(Optional.of(serverAhead));
    }

    /// Each message of the server shows another difference.
    @Test
    void aWrongClockIsToldOnce() {
        for (int i = 0; i < 100; i++) {
            report.become(off(YEARS.plusMillis(i * 7)));
        }
        assertThat(listener.states()).containsExactly(off(YEARS));
    }

    @Test
    void whatAPausedProcessReadsLateSaysNothingAboutItsClock() {
        report.become(new Connected(Optional.empty()));
        report.become(off(Duration.ofMinutes(-10)));
        report.become(off(Duration.ofMinutes(-9)));
        now = now.plusSeconds(60);
        report.become(new Connected(Optional.empty()));
        assertThat(listener.states()).containsExactly(new Connected(Optional.empty()));
    }

    @Test
    void aClockThatIsSetForwardIsNewsWithTheNextMessage() {
        report.become(new Connected(Optional.empty()));
        report.become(off(Duration.ofMinutes(-10)));
        now = now.plusSeconds(60);
        report.become(off(Duration.ofMinutes(-10)));
        assertThat(listener.states())
                .containsExactly(new Connected(Optional.empty()), off(Duration.ofMinutes(-10)));
    }

    @Test
    void aClockThatIsSetIsNews() {
        report.become(off(YEARS));
        report.become(off(Duration.ofMinutes(-5)));
        report.become(new Connected(Optional.empty()));
        report.become(new Connected(Optional.empty()));
        assertThat(listener.states())
                .containsExactly(
                        off(YEARS), off(Duration.ofMinutes(-5)), new Connected(Optional.empty()));
    }
}
