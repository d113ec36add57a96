package dev.remora.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private enum Timer {
        RETRY,
        GIVE_UP
    }

    private final Deadlines<Timer> deadlines = new Deadlines<>(Timer.class);

    @Test
    void nextIsTheEarliestThatIsSet() {
        assertThat(deadlines.next()).isEqualTo(Deadlines.NEVER);
        deadlines.set(Timer.GIVE_UP, 50);
        deadlines.set(Timer.RETRY, 20);
        assertThat(deadlines.next()).isEqualTo(20);
        deadlines.clear(Timer.RETRY);
        assertThat(deadlines.next()).isEqualTo(50);
    }

    @Test
    void firesOnceAndNotBeforeItsTime() {
        deadlines.set(Timer.RETRY, 20);
        assertThat(deadlines.fires(Timer.RETRY, 19)).isFalse();
        assertThat(deadlines.fires(Timer.RETRY, 20)).isTrue();
        assertThat(deadlines.fires(Timer.RETRY, 21)).isFalse();
    }

    @Test
    void anUnsetTimerNeverFires() {
        assertThat(deadlines.fires(Timer.GIVE_UP, Long.MAX_VALUE - 1)).isFalse();
    }

    @Test
    void setIfUnsetKeepsWhatIsThere() {
        deadlines.setIfUnset(Timer.RETRY, 20);
        deadlines.setIfUnset(Timer.RETRY, 10);
        assertThat(deadlines.at(Timer.RETRY)).isEqualTo(20);
    }
}
