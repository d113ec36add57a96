package dev.remora.engine.path;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Bytes32;
import dev.remora.base.IpPort;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.proto.disco.DiscoMessage;
import dev.remora.proto.disco.DiscoMessage.CallMeMaybe;
import dev.remora.proto.disco.DiscoMessage.Ping;
import dev.remora.proto.disco.DiscoMessage.Pong;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;

/// A path finder that knows one peer with one address and a home relay, and the time.
abstract class PathFinderFixture {
    static final DerpRegionId REGION = new DerpRegionId(7);
    static final IpPort A = TestPeer.address("192.0.2.1:41641");
    static final IpPort B = TestPeer.address("192.0.2.2:41641");
    static final IpPort ELSEWHERE = TestPeer.address("198.51.100.9:999");
    static final IpPort OWN = TestPeer.address("203.0.113.5:5000");
    static final NodeKey SELF = new NodeKey(new Bytes32(1, 2, 3, 4));
    static final PathChoice VIA_RELAY = new PathChoice.Relayed(REGION);
    static final long MS = MILLISECONDS.toNanos(1);
    static final long S = SECONDS.toNanos(1);

    final DiscoPrivateKey disco = DiscoPrivateKey.generate(new Random(0));
    final PathFinder finder = new PathFinder(disco, SELF, new Random(1));
    final TestPeer peer = new TestPeer(5, disco.publicKey());
    final List<PathOutput> out = new ArrayList<>();
    long now;

    @BeforeEach
    void knowsWhereWeAre() {
        finder.onStunEndpoints(List.of(OWN), false, 0, out::add);
        finder.onPeerChanged(peer.told(7, A.toString()), 0, out::add);
        out.clear();
        finder.onStunEndpoints(List.of(OWN), false, 0, out::add);
    }

    PathChoice route() {
        return finder.route(peer.key, now, out::add);
    }

    PathStatus status() {
        return finder.status(peer.key, now).orElseThrow();
    }

    void goDirect() {
        route();
        now += 10 * MS;
        answerPings();
        assertThat(route()).isEqualTo(new PathChoice.Direct(A));
    }

    void receive(IpPort from, DiscoMessage message) {
        finder.onDisco(new PathSource.Direct(from), peer.seal(message), now, out::add);
    }

    void receiveFrom(TestPeer sender, DiscoMessage message) {
        finder.onDisco(new PathSource.Direct(A), sender.seal(message), now, out::add);
    }

    void receiveRelayed(DiscoMessage message) {
        finder.onDisco(new PathSource.Relayed(REGION, peer.key), peer.seal(message), now, out::add);
    }

    void answer(IpPort from, Ping ping) {
        receive(from, new Pong(ping.txId(), OWN));
    }

    /// Answers all direct pings so far; those answered before do no harm.
    void answerPings() {
        for (PathOutput output : List.copyOf(out)) {
            if (output instanceof PathOutput.SendDisco(var to, var packet)
                    && peer.open(packet) instanceof Ping ping) {
                answer(to, ping);
            }
        }
    }

    void fireTimers() {
        while (finder.nextDeadline() <= now) {
            finder.onTimer(now, out::add);
            answerSearches();
        }
    }

    void runUntil(long end) {
        while (finder.nextDeadline() <= end) {
            now = Math.max(now, finder.nextDeadline());
            finder.onTimer(now, out::add);
        }
        now = end;
    }

    void keepBusy(long span) {
        for (long end = now + span; now < end; now += 490 * MS) {
            route();
            fireTimers();
            now += 10 * MS;
            answerPings();
        }
    }

    void answerSearches() {
        if (out.stream().anyMatch(PathOutput.EndpointsWanted.class::isInstance)) {
            out.removeIf(PathOutput.EndpointsWanted.class::isInstance);
            finder.onStunEndpoints(List.of(OWN), false, now, out::add);
        }
    }

    List<IpPort> pings() {
        return out.stream()
                .filter(PathOutput.SendDisco.class::isInstance)
                .map(PathOutput.SendDisco.class::cast)
                .filter(sent -> peer.open(sent.packet()) instanceof Ping)
                .map(PathOutput.SendDisco::to)
                .toList();
    }

    List<DiscoMessage> sentTo(IpPort to) {
        return packetsTo(to).stream().map(peer::open).toList();
    }

    Ping lastPing(IpPort to) {
        return (Ping) peer.open(lastTo(to));
    }

    ByteBuffer lastTo(IpPort to) {
        return packetsTo(to).getLast();
    }

    List<ByteBuffer> packetsTo(IpPort to) {
        return out.stream()
                .filter(PathOutput.SendDisco.class::isInstance)
                .map(PathOutput.SendDisco.class::cast)
                .filter(sent -> sent.to().equals(to))
                .map(PathOutput.SendDisco::packet)
                .toList();
    }

    List<DiscoMessage> relayed() {
        return out.stream()
                .filter(PathOutput.RelayDisco.class::isInstance)
                .map(PathOutput.RelayDisco.class::cast)
                .map(sent -> peer.open(sent.packet()))
                .toList();
    }

    List<DiscoMessage> calls() {
        return relayed().stream().filter(CallMeMaybe.class::isInstance).toList();
    }

    List<String> dropped() {
        return out.stream()
                .filter(PathOutput.Dropped.class::isInstance)
                .map(output -> ((PathOutput.Dropped) output).reason())
                .toList();
    }
}
