package dev.remora.engine;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Deadlines;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.engine.netcheck.NetCheckOutput;
import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.path.EndpointSearch;
import dev.remora.engine.path.LocalSockets;
import dev.remora.proto.stun.BindingRequest;
import dev.remora.proto.stun.BindingResponse;
import dev.remora.proto.stun.TxId;
import dev.remora.testing.Packets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// When the network is checked, and what follows. The check itself has tests of its own.
class NetChecksTest {
    private static final DerpRegionId ONE = new DerpRegionId(1);
    private static final DerpRegionId TWO = new DerpRegionId(2);
    private static final long DELAY = MILLISECONDS.toNanos(20);
    private static final IpPort SEEN = new IpPort(Packets.ip("203.0.113.7"), 41641);

    private final List<EngineOutput> outputs = new ArrayList<>();
    private final NetChecks checks = new NetChecks(new Random(1), this::perform);
    private final List<Answer> answers = new ArrayList<>();
    private boolean blocked;
    private long now;

    private record Answer(long at, IpPort from, ByteBuffer bytes) {}

    private void perform(EngineOutput output) {
        outputs.add(output);
        if (output instanceof EngineOutput.SendDatagrams(var to, var datagram, _) && !blocked) {
            answers.add(new Answer(now + DELAY * to.port(), to, answer(request(datagram).txId())));
        }
    }

    private static BindingRequest request(ByteBuffer datagram) {
        try {
            return BindingRequest.parse(datagram.duplicate());
        } catch (MalformedException e) {
            throw new AssertionError(e.reason());
        }
    }

    private static ByteBuffer answer(TxId to) {
        ByteBuffer bytes = ByteBuffer.allocate(64);
        new BindingResponse(to, SEEN).writeTo(bytes);
        return bytes.flip();
    }

    private static String region(int id) {
        return "'%d':{'RegionID':%d,'RegionCode':'r','Nodes':[{'Name':'%da','RegionID':%d,'HostName':'r%d.test','IPv4':'198.51.100.%d','IPv6':'none','STUNPort':%d}]}"
                .formatted(id, id, id, id, id, id, id);
    }

    /// The answer of region n takes n times the delay, since its port is n.
    private static DerpMap map(int... ids) {
        List<String> regions = new ArrayList<>();
        for (int id : ids) {
            regions.add(region(id));
        }
        return Maps.of("", "", ",'DERPMap':{'Regions':{" + String.join(",", regions) + "}}")
                .derpMap();
    }

    private void attach() {
        IpPrefix local = new IpPrefix(Packets.ip("192.0.2.5"), 24);
        checks.onLocalSockets(
                new LocalSockets(
                        List.of(new LocalSockets.LocalAddress("eth0", local)), 41641, 0, false));
    }

    private void runUntil(long end) {
        while (true) {
            long answerAt = answers.stream().mapToLong(Answer::at).min().orElse(Deadlines.NEVER);
            long next = Math.min(answerAt, checks.nextDeadline());
            if (next > end) {
                now = end;
                return;
            }
            now = Math.max(now, next);
            List<Answer> due = answers.stream().filter(answer -> answer.at <= now).toList();
            answers.removeAll(due);
            due.forEach(answer -> checks.onStun(answer.from, answer.bytes, now));
            if (checks.nextDeadline() <= now) {
                checks.onTimer(now);
            }
        }
    }

    private long reports() {
        return outputs.stream()
                .filter(out ->
                        out instanceof EngineOutput.NetworkChecked(var report, _)
                                && report.isPresent())
                .count();
    }

    private long requests() {
        return outputs.stream().filter(EngineOutput.SendDatagrams.class::isInstance).count();
    }

    @Test
    void theOnlyRegionIsHomeBeforeAnythingIsMeasured() {
        assertThat(checks.onDerpMap(map(1))).isTrue();
        assertThat(checks.home()).contains(ONE);
        assertThat(outputs)
                .containsExactly(
                        new EngineOutput.NetworkChecked(Optional.empty(), Optional.of(ONE)));
        assertThat(checks.onDerpMap(map(1))).as("the same again").isFalse();
    }

    @Test
    void theNearestRegionIsHomeOnceMeasured() {
        attach();
        checks.onDerpMap(map(1, 2));
        assertThat(checks.home()).isEmpty();
        checks.start(0);
        runUntil(SECONDS.toNanos(5));
        assertThat(checks.home()).contains(ONE);
        assertThat(checks.lastReport()).isPresent();
        assertThat(checks.takeResult().seen()).containsExactly(SEEN);
        assertThat(checks.takeResult()).isNull();
    }

    @Test
    void withoutControlPeersFindUsWhereWeWere() {
        attach();
        checks.onDerpMap(map(2));
        checks.onControl(false);
        checks.onDerpMap(map(1, 2));
        checks.start(0);
        runUntil(SECONDS.toNanos(5));
        assertThat(checks.home()).contains(TWO);

        checks.onControl(true);
        checks.onLinkChange();
        checks.start(now);
        runUntil(now + SECONDS.toNanos(5));
        assertThat(checks.home()).as("it is nearer by half and by 20 ms").contains(ONE);
    }

    @Test
    void aHomeThatIsNoLongerOnTheMapIsLeftEvenWithoutControl() {
        attach();
        checks.onDerpMap(map(2));
        checks.onControl(false);
        checks.onDerpMap(map(1));
        assertThat(checks.home()).contains(ONE);
    }

    @Test
    void aCheckThatIsAskedForTwiceRunsOnce() {
        attach();
        checks.onDerpMap(map(1, 2));
        checks.start(0);
        long sent = requests();
        checks.start(0);
        checks.start(EndpointSearch.PERIODIC, 0);
        assertThat(requests()).isEqualTo(sent);
        runUntil(SECONDS.toNanos(5));
        assertThat(reports()).isEqualTo(1);
    }

    @Test
    void aCheckThatANewMapOvertookIsDoneAgain() {
        attach();
        checks.onDerpMap(map(1, 2));
        checks.start(0);
        checks.onDerpMap(map(1, 2, 3));
        checks.start(EndpointSearch.RELAYS_CHANGED, 0);
        runUntil(SECONDS.toNanos(10));
        assertThat(reports()).isEqualTo(2);
        assertThat(checks.lastReport().orElseThrow().latency()).containsKey(new DerpRegionId(3));
    }

    @Test
    void aCheckDuringWhichTheNetworkChangedIsDoneAgain() {
        attach();
        checks.onDerpMap(map(1, 2));
        checks.start(0);
        checks.onLinkChange();
        runUntil(SECONDS.toNanos(10));
        assertThat(reports()).isEqualTo(2);
    }

    @Test
    void silenceIsAskedAgainLessAndLessOften() {
        attach();
        blocked = true;
        checks.onDerpMap(map(1, 2));
        checks.start(0);
        runUntil(SECONDS.toNanos(60));
        long early = reports();
        assertThat(early).isBetween(3L, 12L);
        assertThat(checks.home()).as("any is better than none").isPresent();

        runUntil(SECONDS.toNanos(600));
        assertThat(reports() - early).isBetween(5L, 12L);

        blocked = false;
        runUntil(SECONDS.toNanos(700));
        long last = reports();
        runUntil(SECONDS.toNanos(900));
        assertThat(reports()).as("answered: nothing to repeat").isEqualTo(last);
    }

    @Test
    void whatCannotBeSentIsNotWaitedFor() {
        attach();
        blocked = true;
        checks.onDerpMap(map(1));
        checks.start(0);
        for (int i = 0; i < 20 && reports() == 0; i++) {
            outputs.stream()
                    .filter(EngineOutput.SendDatagrams.class::isInstance)
                    .map(out -> ((EngineOutput.SendDatagrams) out).to())
                    .distinct()
                    .toList()
                    .forEach(to -> checks.onSendFailed(to, now));
            runUntil(now + MILLISECONDS.toNanos(50));
        }
        boolean asksHttps =
                outputs.stream()
                        .anyMatch(out ->
                                out instanceof EngineOutput.Netcheck(var request)
                                        && request instanceof NetCheckOutput.MeasureHttps);
        assertThat(asksHttps || reports() > 0).isTrue();
        assertThat(now).isLessThan(SECONDS.toNanos(3));
    }

    @Test
    void aNodeThatIsStoppedAsksNobody() {
        attach();
        blocked = true;
        checks.onDerpMap(map(1, 2));
        checks.start(0);
        runUntil(SECONDS.toNanos(20));
        checks.onStopped();
        runUntil(SECONDS.toNanos(30));
        long sent = requests();
        runUntil(SECONDS.toNanos(600));
        assertThat(requests()).isEqualTo(sent);
    }

    @Test
    void aStrangersDatagramIsNoAnswer() {
        attach();
        blocked = true;
        checks.onDerpMap(map(1, 2));
        checks.start(0);
        checks.onStun(SEEN, answer(TxId.random(new Random(99))), 0);
        runUntil(SECONDS.toNanos(6));
        assertThat(checks.takeResult().seen()).isEmpty();
    }
}
