package dev.remora.proto.wireguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/// One side has lost its sessions, or its user wants new ones.
class WireGuardRestartTest {
    private final TwoNodes nodes = new TwoNodes(1);
    private final TwoNodes.Side a = nodes.a;
    private final TwoNodes.Side b = nodes.b;

    @Test
    void aPeerThatLostItsKeysIsFoundOutAfterFifteenSeconds() {
        nodes.connect();
        b.restart(new Random(99));
        a.send("into the void");
        nodes.settle();
        assertThat(b.dropped(DropReason.UNKNOWN_INDEX)).isEqualTo(1);

        nodes.passTo(Limits.NEW_HANDSHAKE_AFTER + Limits.RETRY_JITTER);
        a.send("heard");
        nodes.settle();
        assertThat(b.received).endsWith("heard");
    }

    @Test
    void resetBringsARestartedPeerBackAtOnce() {
        nodes.connect();
        b.restart(new Random(99));
        a.machine.reset(a.peer(), nodes.now, a::take);
        a.expectNothingLeft();
        a.send("hello again");
        nodes.settle();

        assertThat(b.received).endsWith("hello again");
    }

    @Test
    void resetDoesNotForgetWhatWaits() {
        a.send("waits");
        nodes.loseAll();
        a.machine.reset(a.peer(), nodes.now, a::take);
        nodes.settle();

        assertThat(b.received).containsExactly("waits");
    }

    @Test
    void whoIsCalledInALostSessionHearsOfItAndCanMakeANewOneAtOnce() {
        nodes.connect();
        b.restart(new Random(99));
        a.send("into the void");
        nodes.settle();
        assertThat(b.said).contains(new Output.NoSession(a.source));

        b.machine.begin(b.peer(), false, nodes.now, b::take);
        nodes.settle();
        a.send("heard");
        nodes.settle();
        assertThat(b.received).endsWith("heard");
    }

    @Test
    void aHandshakeIsRepeatedBeforeItsTimeOnlyOnRequest() {
        a.machine.begin(a.peer(), false, nodes.now, a::take);
        nodes.loseAll();
        a.machine.begin(a.peer(), false, nodes.now, a::take);
        assertThat(a.inFlight).isEmpty();
        a.machine.begin(a.peer(), true, nodes.now, a::take);
        assertThat(a.inFlight).hasSize(1);
        nodes.settle();
        assertThat(b.canSend()).isTrue();

        a.machine.begin(a.peer(), true, nodes.now, a::take);
        assertThat(a.inFlight).as("there is a session").isEmpty();
    }
}
