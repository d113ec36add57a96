package dev.remora.sidecar.life;

import static dev.remora.sidecar.life.RunState.NEEDS_LOGIN;
import static dev.remora.sidecar.life.RunState.NEEDS_MACHINE_AUTH;
import static dev.remora.sidecar.life.RunState.NO_STATE;
import static dev.remora.sidecar.life.RunState.RUNNING;
import static dev.remora.sidecar.life.RunState.STARTING;
import static dev.remora.sidecar.life.RunState.STOPPED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.life.RunState.Facts;
import org.junit.jupiter.api.Test;

class RunStateTest {
    /// A member that nothing is wrong with.
    private static final Facts WELL = new Facts(true, false, true, false, true, false, true, true);

    private static Facts without(Facts facts, boolean netMap, boolean live) {
        return new Facts(
                facts.wantRunning(),
                facts.loggedOut(),
                facts.hasKey(),
                facts.needsPerson(),
                netMap,
                facts.keyExpired(),
                facts.authorized(),
                live);
    }

    @Test
    void aMemberRunsOnceSomethingIsConnected() {
        assertThat(NO_STATE.next(WELL)).isEqualTo(STARTING);
        assertThat(STARTING.next(without(WELL, true, false))).isEqualTo(STARTING);
        assertThat(STARTING.next(WELL)).isEqualTo(RUNNING);
    }

    @Test
    void runningLastsWhileConnectionsComeAndGo() {
        assertThat(RUNNING.next(without(WELL, true, false))).isEqualTo(RUNNING);
    }

    @Test
    void beforeTheFirstMapNothingChangesByItself() {
        assertThat(NO_STATE.next(without(WELL, false, false))).isEqualTo(NO_STATE);
        assertThat(STOPPED.next(without(WELL, false, false))).isEqualTo(STARTING);
    }

    @Test
    void whoWasNeverAMemberNeedsALogin() {
        assertThat(NO_STATE.next(new Facts(false, true, false, true, false, false, true, false)))
                .isEqualTo(NEEDS_LOGIN);
        assertThat(NO_STATE.next(new Facts(true, false, false, true, false, false, true, false)))
                .isEqualTo(NEEDS_LOGIN);
    }

    @Test
    void downStopsAMemberEvenWithoutTheServer() {
        assertThat(RUNNING.next(new Facts(false, false, true, false, true, false, true, true)))
                .isEqualTo(STOPPED);
        assertThat(NO_STATE.next(new Facts(false, false, true, false, false, false, true, false)))
                .isEqualTo(STOPPED);
    }

    @Test
    void anEndedKeyNeedsALoginAndAnUnadmittedDeviceApproval() {
        assertThat(RUNNING.next(new Facts(true, false, true, false, true, true, true, true)))
                .isEqualTo(NEEDS_LOGIN);
        assertThat(STARTING.next(new Facts(true, false, true, false, true, false, false, true)))
                .isEqualTo(NEEDS_MACHINE_AUTH);
        assertThat(NEEDS_MACHINE_AUTH.next(WELL)).isEqualTo(STARTING);
    }
}
