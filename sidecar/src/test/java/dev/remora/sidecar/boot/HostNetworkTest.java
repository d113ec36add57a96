package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class HostNetworkTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private boolean there = true;
    private final HostNetwork network = new HostNetwork(() -> there);

    private boolean isGoneAfter(long seconds) {
        return network.isGone(START.plusSeconds(seconds));
    }

    @Test
    void isGoneWhenItStaysAway() {
        assertThat(isGoneAfter(0)).isFalse();
        there = false;
        assertThat(isGoneAfter(1)).isFalse();
        assertThat(isGoneAfter(10)).isFalse();
        assertThat(isGoneAfter(11)).isTrue();
    }

    @Test
    void mayBeExchanged() {
        assertThat(isGoneAfter(0)).isFalse();
        there = false;
        assertThat(isGoneAfter(1)).isFalse();
        there = true;
        assertThat(isGoneAfter(5)).isFalse();
        there = false;
        assertThat(isGoneAfter(11)).isFalse();
    }

    @Test
    void isNotMissedByOneThatNeverHadIt() {
        there = false;
        assertThat(isGoneAfter(0)).isFalse();
        assertThat(isGoneAfter(3600)).isFalse();
    }
}
