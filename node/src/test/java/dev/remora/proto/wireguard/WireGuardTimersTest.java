package dev.remora.proto.wireguard;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What time does to a tunnel: repetition, renewal, expiry, silence.
class WireGuardTimersTest {
    private final TwoNodes nodes = new TwoNodes(1);
    private final TwoNodes.Side a = nodes.a;
    private final TwoNodes.Side b = nodes.b;

    @Test
    void theInitiatorSpeaksUpEvenWithNothingToSay() {
        nodes.connect();
        nodes.now += Limits.REKEY_AFTER_TIME + 1;
        a.send("asks for a new session, and goes on the old one");
        nodes.settle();

        assertThat(a.dropped(DropReason.STAGED_TOO_MANY)).isZero();
        assertThat(b.said).filteredOn(output -> output instanceof Output.SessionUp).hasSize(2);
        b.send("on the new one");
        nodes.settle();
        assertThat(a.received).containsExactly("on the new one");
    }

    @Test
    void anUnansweredInitiationIsRepeatedAndThenGivenUp() {
        a.send("anybody there?");
        List<Long> sentAt = new ArrayList<>();
        nodes.passTo(
                SECONDS.toNanos(300),
                () -> {
                    a.inFlight.forEach(datagram -> sentAt.add(nodes.now));
                    nodes.loseAll();
                });

        assertThat(sentAt).hasSize(Limits.MAX_RETRIES + 2);
        for (int i = 1; i < sentAt.size(); i++) {
            assertThat(sentAt.get(i) - sentAt.get(i - 1))
                    .isBetween(Limits.REKEY_TIMEOUT, Limits.REKEY_TIMEOUT + Limits.RETRY_JITTER);
        }
        assertThat(a.dropped(DropReason.NO_ANSWER)).isEqualTo(1);
        assertThat(a.machine.size()).isEqualTo(1);
        nodes.passTo(SECONDS.toNanos(700));
        assertThat(a.said).endsWith(new Output.PeerIdle(a.peer()));
        a.expectNothingLeft();
    }

    @Test
    void aLostInitiationOrResponseCostsFiveSeconds() {
        a.send("patience");
        nodes.loseAll();
        nodes.passTo(Limits.REKEY_TIMEOUT + Limits.RETRY_JITTER, this::loseResponses);
        assertThat(b.received).isEmpty();

        nodes.passTo(2 * (Limits.REKEY_TIMEOUT + Limits.RETRY_JITTER));
        assertThat(b.received).containsExactly("patience");
    }

    private void loseResponses() {
        while (!a.inFlight.isEmpty()) {
            b.receive(a.takeFromFlight());
        }
        nodes.loseAll();
    }

    @Test
    void theInitiatorRenewsTheSessionEveryTwoMinutesUnderTraffic() {
        a.send("0");
        nodes.settle();
        for (int second = 1; second <= 600; second++) {
            nodes.passTo(SECONDS.toNanos(second));
            a.send("" + second);
            b.send("" + second);
            nodes.settle();
        }

        assertThat(b.received).hasSize(601).doesNotHaveDuplicates();
        assertThat(a.received).hasSize(600).doesNotHaveDuplicates();
        assertThat(a.handshakes()).hasSize(5).allMatch(Output.SessionUp::initiator);
        assertThat(b.handshakes()).hasSize(5).noneMatch(Output.SessionUp::initiator);
        assertThat(a.machine.indices()).as("previous and current").isEqualTo(2);
    }

    @Test
    void anInitiatorThatOnlyReceivesRenewsBeforeTheSessionDies() {
        nodes.connect();
        for (int second = 1; second < 200; second++) {
            nodes.passTo(SECONDS.toNanos(second));
            b.send("" + second);
            nodes.settle();
        }

        assertThat(a.received).hasSize(199);
        assertThat(a.handshakes()).hasSize(2).allMatch(Output.SessionUp::initiator);
        assertThat(b.handshakes()).hasSize(2).noneMatch(Output.SessionUp::initiator);
    }

    @Test
    void aSessionIsNotUsedAfterThreeMinutes() {
        nodes.connect();
        b.send("late");
        ByteBuffer late = b.takeFromFlight();
        nodes.now = Limits.REJECT_AFTER_TIME + 1;
        a.receive(late);
        assertThat(a.dropped(DropReason.EXPIRED_SESSION)).isEqualTo(1);

        b.send("new session");
        assertThat(b.inFlight.getFirst().remaining()).isEqualTo(Message.Initiation.LENGTH);
        nodes.settle();
        assertThat(a.received).containsExactly("new session");
    }

    @Test
    void afterNineMinutesWithoutASessionNothingIsLeft() {
        nodes.connect();
        nodes.passTo(Limits.ZERO_KEYS_AFTER - 1);
        assertThat(a.machine.size()).isEqualTo(1);
        nodes.passTo(Limits.ZERO_KEYS_AFTER);

        assertThat(a.said).endsWith(new Output.PeerIdle(a.peer()));
        assertThat(b.said).endsWith(new Output.PeerIdle(b.peer()));
        a.expectNothingLeft();
        b.expectNothingLeft();
        a.send("again");
        nodes.settle();
        assertThat(b.received).endsWith("again");
    }

    @Test
    void silentReceiversKeepTheSessionAliveAndIdleOnesAreSilent() {
        nodes.connect();
        List<String> sent = new ArrayList<>();
        nodes.passTo(
                SECONDS.toNanos(60),
                () -> {
                    b.inFlight.forEach(d -> sent.add(nodes.now + ": " + d.remaining()));
                    a.inFlight.forEach(d -> sent.add("a"));
                    nodes.settle();
                });

        assertThat(sent).containsExactly(Limits.KEEPALIVE_TIMEOUT + ": 32");
    }

    @Test
    void aClockSetBackDoesNotMakeUsLookLikeAReplay() {
        a.send("before");
        nodes.settle();
        a.epochOffset -= SECONDS.toNanos(3600);
        nodes.now = Limits.REJECT_AFTER_TIME + 1;
        a.send("after");
        nodes.settle();

        assertThat(b.received).containsExactly("before", "after");
    }
}
