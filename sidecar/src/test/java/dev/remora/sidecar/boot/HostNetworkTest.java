package dev.remora.sidecar.boot;

import static dev.remora.sidecar.boot.HostNetwork.Verdict.AWAY;
import static dev.remora.sidecar.boot.HostNetwork.Verdict.ELSEWHERE;
import static dev.remora.sidecar.boot.HostNetwork.Verdict.GONE;
import static dev.remora.sidecar.boot.HostNetwork.Verdict.LOST;
import static dev.remora.sidecar.boot.HostNetwork.Verdict.THERE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.boot.HostNetwork.Verdict;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HostNetworkTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private boolean there = true;
    private boolean owned = true;
    private final HostNetwork network =
            new HostNetwork(
                    new HostNetwork.Look() {
                        @Override
                        public boolean hasInterface() {
                            return there;
                        }

                        @Override
                        public boolean hasOwner() {
                            return owned;
                        }
                    });

    private Verdict after(long seconds) {
        return network.verdict(START.plusSeconds(seconds));
    }

    @Test
    void isElsewhereOnceTheAppHasRunAgainForAMoment() {
        assertThat(after(0)).isEqualTo(THERE);
        there = false;
        owned = false;
        assertThat(after(1)).isEqualTo(LOST);
        assertThat(after(60)).isEqualTo(AWAY);
        owned = true;
        assertThat(after(61)).isEqualTo(AWAY);
        assertThat(after(63)).isEqualTo(ELSEWHERE);
    }

    @Test
    void isNotFollowedToAnAppThatFallsAgain() {
        assertThat(after(0)).isEqualTo(THERE);
        there = false;
        assertThat(after(1)).isEqualTo(LOST);
        owned = false;
        assertThat(after(2)).isEqualTo(AWAY);
        owned = true;
        assertThat(after(3)).isEqualTo(AWAY);
        assertThat(after(4)).isEqualTo(AWAY);
        assertThat(after(5)).isEqualTo(ELSEWHERE);
    }

    @Test
    void isGoneWhenTheAppStaysAway() {
        assertThat(after(0)).isEqualTo(THERE);
        there = false;
        owned = false;
        assertThat(after(1)).isEqualTo(LOST);
        assertThat(after(120)).isEqualTo(AWAY);
        assertThat(after(121)).isEqualTo(GONE);
    }

    @Test
    void mayBeExchanged() {
        assertThat(after(0)).isEqualTo(THERE);
        there = false;
        assertThat(after(1)).isEqualTo(LOST);
        there = true;
        assertThat(after(5)).isEqualTo(THERE);
        there = false;
        assertThat(after(6)).isEqualTo(LOST);
    }

    @Test
    void isNotMissedByOneThatNeverHadIt() {
        there = false;
        assertThat(after(0)).isEqualTo(THERE);
        assertThat(after(3600)).isEqualTo(THERE);
    }
}
