package dev.remora.proto.wireguard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Deadlines;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

/// Two nodes that know each other, the datagrams in flight between them, and the time.
final class TwoNodes {
    static final int MTU = 1280;
    static final long EPOCH = 1_700_000_000_123_456_789L;

    final Side a;
    final Side b;
    long now;

    TwoNodes(long seed) {
        this(new Random(seed), new Random(~seed));
    }

    TwoNodes(RandomGenerator randomA, RandomGenerator randomB) {
        this(
                NodePrivateKey.generate(new Random(10)),
                NodePrivateKey.generate(new Random(20)),
                randomA,
                randomB,
                MTU);
    }

    TwoNodes(
            NodePrivateKey keyA,
            NodePrivateKey keyB,
            RandomGenerator randomA,
            RandomGenerator randomB,
            int mtu) {
        a = new Side(keyA, randomA, mtu, "192.0.2.1:41641");
        b = new Side(keyB, randomB, mtu, "192.0.2.2:41641");
        a.other = b;
        b.other = a;
    }

    /// One node: its machine, what it sent, and what it said.
    final class Side {
        NodePrivateKey key;
        WireGuard machine;
        Side other = this;
        final Source source;
        final int mtu;
        final List<ByteBuffer> inFlight = new ArrayList<>();
        final List<Output> said = new ArrayList<>();
        final List<String> received = new ArrayList<>();
        Optional<String> greeting = Optional.empty();
        long epochOffset = EPOCH;

        Side(NodePrivateKey key, RandomGenerator random, int mtu, String address) {
            this.key = key;
            this.mtu = mtu;
            this.source = new Source.Direct(address(address));
            this.machine = machine(random);
        }

        private WireGuard machine(RandomGenerator random) {
            Peers peers =
                    new Peers() {
                        @Override
                        public boolean isKnown(NodeKey peer) {
                            return peer.equals(other.key.publicKey());
                        }

                        @Override
                        public Optional<ByteBuffer> greeting(NodeKey peer) {
                            return greeting.map(TwoNodes::packet);
                        }
                    };
            return new WireGuard(key, Aead.best(), random, () -> epochOffset, peers, mtu);
        }

        /// The process ends and begins again: same key, nothing else kept.
        void restart(RandomGenerator random) {
            machine = machine(random);
        }

        NodeKey peer() {
            return other.key.publicKey();
        }

        void send(String text) {
            machine.send(peer(), packet(text), now, this::take);
        }

        void receive(ByteBuffer datagram) {
            machine.receive(other.source, datagram, now, this::take);
        }

        void take(Output output) {
            switch (output) {
                case Output.Transmit(var peer, var datagram) -> inFlight.add(datagram);
                case Output.Reply(var to, var datagram) -> inFlight.add(datagram);
                case Output.Deliver(var peer, var packet) -> received.add(text(packet));
                default -> said.add(output);
            }
        }

        ByteBuffer takeFromFlight() {
            return inFlight.removeFirst();
        }

        boolean canSend() {
            return machine.stats(peer(), now).map(TunnelStats::canSend).orElse(false);
        }

        long dropped(DropReason reason) {
            return machine.dropped(reason);
        }

        List<Output.SessionUp> handshakes() {
            return said.stream()
                    .filter(Output.SessionUp.class::isInstance)
                    .map(Output.SessionUp.class::cast)
                    .toList();
        }

        void expectNothingLeft() {
            assertThat(machine.size()).isZero();
            assertThat(machine.indices()).isZero();
            assertThat(machine.nextDeadline()).isEqualTo(Deadlines.NEVER);
        }
    }

    /// A session in both directions, and nothing received yet.
    void connect() {
        a.send("connect");
        settle();
        assertThat(a.canSend() && b.canSend()).isTrue();
        a.received.clear();
        b.received.clear();
    }

    /// Delivers what is in flight, and what that sets in flight, until all is still.
    void settle() {
        while (!a.inFlight.isEmpty() || !b.inFlight.isEmpty()) {
            deliverFrom(a);
            deliverFrom(b);
        }
    }

    private static void deliverFrom(Side from) {
        if (!from.inFlight.isEmpty()) {
            from.other.receive(from.takeFromFlight());
        }
    }

    void loseAll() {
        a.inFlight.clear();
        b.inFlight.clear();
    }

    long nextDeadline() {
        return Math.min(a.machine.nextDeadline(), b.machine.nextDeadline());
    }

    /// Lets time pass with a perfect network.
    void passTo(long then) {
        passTo(then, this::settle);
    }

    /// Lets time pass; `network` does what it likes with what is in flight after each timer.
    void passTo(long then, Runnable network) {
        network.run();
        while (nextDeadline() <= then) {
            now = Math.max(now, nextDeadline());
            a.machine.onTimer(now, a::take);
            b.machine.onTimer(now, b::take);
            network.run();
        }
        now = then;
    }

    /// An IPv4 packet with a text in it, and the room around it that the machine asks for.
    static ByteBuffer packet(String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        int length = 20 + payload.length;
        return roomFor(length)
                .put(WireGuard.HEADROOM, new byte[] {0x45, 0, (byte) (length >> 8), (byte) length})
                .put(WireGuard.HEADROOM + 20, payload);
    }

    static ByteBuffer packet(byte[] bytes) {
        return roomFor(bytes.length).put(WireGuard.HEADROOM, bytes);
    }

    private static ByteBuffer roomFor(int length) {
        return ByteBuffer.allocateDirect(WireGuard.HEADROOM + length + WireGuard.TAILROOM)
                .position(WireGuard.HEADROOM)
                .limit(WireGuard.HEADROOM + length);
    }

    private static String text(ByteBuffer packet) {
        byte[] payload = new byte[packet.remaining() - 20];
        packet.get(packet.position() + 20, payload);
        return new String(payload, StandardCharsets.UTF_8);
    }

    static ByteBuffer copy(ByteBuffer datagram) {
        return ByteBuffer.allocateDirect(datagram.remaining()).put(datagram.duplicate()).flip();
    }

    private static IpPort address(String text) {
        try {
            return IpPort.parse(text);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
