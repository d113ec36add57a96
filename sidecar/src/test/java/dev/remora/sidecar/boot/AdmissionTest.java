package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.boot.Admission.Step;
import dev.remora.sidecar.life.Situation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Situation RUNNING =
            new Situation(
                    "Running",
                    Situation.RUNNING,
                    "",
                    true,
                    Optional.empty(),
                    true,
                    true,
                    false,
                    List.of());
    private static final Situation STARTING =
            new Situation(
                    "Starting",
                    "starting",
                    "",
                    false,
                    Optional.empty(),
                    false,
                    true,
                    false,
                    List.of());
    private static final Situation NO_LOGIN =
            new Situation(
                    "NoState",
                    "starting",
                    "",
                    false,
                    Optional.empty(),
                    false,
                    false,
                    false,
                    List.of());
    private static final Situation KEY_USED =
            new Situation(
                    "NeedsLogin",
                    "auth-key-used",
                    "…",
                    false,
                    Optional.empty(),
                    false,
                    false,
                    true,
                    List.of());

    private Instant now = START;

    private Admission admission(boolean once) {
        return new Admission(once, Duration.ofSeconds(60), START);
    }

    private Step after(Duration time, Admission admission, Situation situation, String key) {
        now = now.plus(time);
        return admission.next(situation, key, now);
    }

    @Test
    void waitsForAStateThatCanBeUsed() {
        Situation noState =
                new Situation(
                        "NoState",
                        Situation.STATE_UNUSABLE,
                        "…",
                        false,
                        Optional.empty(),
                        false,
                        false,
                        false,
                        List.of());
        Admission admission = admission(true);
        assertThat(admission.next(noState, "k", now)).isEqualTo(Step.NOTHING);
        assertThat(after(Duration.ofSeconds(61), admission, noState, "k")).isEqualTo(Step.COMPLAIN);
        assertThat(after(Duration.ofSeconds(1), admission, NO_LOGIN, "k")).isEqualTo(Step.UP);
    }

    @Test
    void statesEverythingAtEachStart() {
        assertThat(admission(false).next(STARTING, "k", now)).isEqualTo(Step.UP);
        assertThat(admission(false).next(RUNNING, "k", now)).isEqualTo(Step.UP);
    }

    @Test
    void bringsANodeThatIsLoggedInUpOnlyOnce() {
        Admission admission = admission(true);

        assertThat(admission.next(STARTING, "k", now)).isEqualTo(Step.NOTHING);
        assertThat(admission.next(RUNNING, "k", now)).isEqualTo(Step.SET);
        assertThat(admission.next(RUNNING, "k", now)).isEqualTo(Step.NOTHING);
        assertThat(admission(true).next(NO_LOGIN, "k", now)).isEqualTo(Step.UP);
        assertThat(admission(true).next(KEY_USED, "k", now)).isEqualTo(Step.UP);
    }

    @Test
    void triesARefusedKeyAgainMoreAndMoreSeldom() {
        Admission admission = admission(false);
        admission.next(NO_LOGIN, "k", now);
        admission.onFailure();

        assertThat(after(Duration.ofSeconds(59), admission, KEY_USED, "k")).isEqualTo(Step.NOTHING);
        assertThat(after(Duration.ofSeconds(1), admission, KEY_USED, "k")).isEqualTo(Step.UP);
        admission.onFailure();
        Duration[] pauses = {
            Duration.ofMinutes(2),
            Duration.ofMinutes(4),
            Duration.ofMinutes(8),
            Duration.ofMinutes(10),
            Duration.ofMinutes(10)
        };
        for (Duration pause : pauses) {
            assertThat(after(pause.minusSeconds(1), admission, KEY_USED, "k"))
                    .isNotEqualTo(Step.UP);
            assertThat(after(Duration.ofSeconds(1), admission, KEY_USED, "k")).isEqualTo(Step.UP);
            admission.onFailure();
        }
    }

    @Test
    void triesAnotherKeyAtOnce() {
        Admission admission = admission(false);
        admission.next(NO_LOGIN, "k", now);
        admission.onFailure();

        assertThat(after(Duration.ofMillis(500), admission, KEY_USED, "other")).isEqualTo(Step.UP);
    }

    @Test
    void leavesARunningNodeAloneWhateverHappensToTheKey() {
        Admission admission = admission(false);
        admission.next(STARTING, "k", now);

        assertThat(after(Duration.ofHours(1), admission, RUNNING, "other")).isEqualTo(Step.NOTHING);
    }

    @Test
    void leavesANodeAloneThatSomebodyHasStopped() {
        Admission admission = admission(false);
        admission.next(STARTING, "k", now);
        admission.next(RUNNING, "k", now);
        Situation stopped =
                new Situation(
                        "Stopped",
                        "stopped",
                        "",
                        false,
                        Optional.empty(),
                        false,
                        true,
                        false,
                        List.of());

        assertThat(after(Duration.ofHours(1), admission, stopped, "k")).isEqualTo(Step.NOTHING);
    }

    @Test
    void bringsADeletedNodeUpAgain() {
        Admission admission = admission(false);
        admission.next(STARTING, "k", now);
        admission.next(RUNNING, "k", now);

        assertThat(after(Duration.ofHours(1), admission, KEY_USED, "k")).isEqualTo(Step.UP);
    }

    @Test
    void complainsOnceWhenItTakesLong() {
        Admission admission = admission(false);
        admission.next(STARTING, "k", now);

        assertThat(after(Duration.ofSeconds(59), admission, STARTING, "k")).isEqualTo(Step.NOTHING);
        assertThat(after(Duration.ofSeconds(1), admission, STARTING, "k")).isEqualTo(Step.COMPLAIN);
        assertThat(after(Duration.ofSeconds(1), admission, STARTING, "k")).isEqualTo(Step.NOTHING);
    }

    @Test
    void doesNotComplainOfANodeThatRanBefore() {
        Admission admission = admission(false);
        admission.next(STARTING, "k", now);
        admission.next(RUNNING, "k", now);

        assertThat(after(Duration.ofHours(1), admission, STARTING, "k")).isEqualTo(Step.NOTHING);
    }

    @Test
    void complainsAlsoOfATryThatDoesNotEnd() {
        Admission admission = admission(false);
        admission.next(NO_LOGIN, "k", now);

        assertThat(admission.whileTrying(STARTING, START.plusSeconds(59))).isEqualTo(Step.NOTHING);
        assertThat(admission.whileTrying(RUNNING, START.plusSeconds(60))).isEqualTo(Step.NOTHING);
        assertThat(admission.whileTrying(STARTING, START.plusSeconds(60))).isEqualTo(Step.COMPLAIN);
        assertThat(admission.whileTrying(STARTING, START.plusSeconds(61))).isEqualTo(Step.NOTHING);
    }
}
