package dev.remora.engine;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.Deadlines;
import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.proto.ip.IcmpPacket;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.PacketSink;
import dev.remora.proto.ip.TsmpMessage;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Pings that go through the tunnel: TSMP, which the peer's node answers, and ICMP echo, which its system answers.
final class Pings {
    private static final long TIMEOUT = SECONDS.toNanos(10);
    private static final int ECHO_REQUEST_V4 = 8;
    private static final int ECHO_REQUEST_V6 = 128;

    /// Answers cannot be confused: each question carries 64 random bits.
    private final RandomGenerator random;

    private final Map<Long, Asked> waiting = new HashMap<>();

    private record Asked(long token, long sentAt) {}

    Pings(RandomGenerator random) {
        this.random = random;
    }

    void sendTsmp(long token, IpAddress from, IpAddress to, long now, PacketSink sink) {
        long data = ask(token, now);
        new TsmpMessage.Ping(data).write(new IpHeader(from, to, IpProtocol.TSMP, 0), sink);
    }

    void sendEcho(long token, IpAddress from, IpAddress to, long now, PacketSink sink) {
        ByteBuffer data = ByteBuffer.allocate(Long.BYTES).putLong(0, ask(token, now));
        IpHeader header = new IpHeader(from, to, IpProtocol.icmp(from.v4()), 0);
        IcmpPacket.write(header, from.v4() ? ECHO_REQUEST_V4 : ECHO_REQUEST_V6, 0, 0, data, sink);
    }

    private long ask(long token, long now) {
        long data = random.nextLong();
        waiting.put(data, new Asked(token, now));
        return data;
    }

    void onPong(TsmpMessage.Pong pong, long now, Consumer<? super EngineOutput> out) {
        answered(pong.data(), pong.peerApiPort(), now, out);
    }

    /// Whether this echo reply answers a question of ours; nobody else asks.
    boolean onEchoReply(IpPacket packet, long now, Consumer<? super EngineOutput> out) {
        try {
            ByteBuffer data = IcmpPacket.of(packet).body();
            return data.remaining() == Long.BYTES && answered(data.getLong(), 0, now, out);
        } catch (MalformedException e) {
            return false;
        }
    }

    private boolean answered(
            long data, int peerApiPort, long now, Consumer<? super EngineOutput> out) {
        Asked asked = waiting.remove(data);
        if (asked == null) {
            return false;
        }
        PingResult result =
                new PingResult.Answered(now - asked.sentAt(), Optional.empty(), peerApiPort);
        out.accept(new EngineOutput.Pinged(asked.token(), result));
        return true;
    }

    /// Asked after each group of packets: a plain loop, since a stream costs more than all the others that are asked.
    long nextDeadline() {
        long first = Deadlines.NEVER;
        for (Asked asked : waiting.values()) {
            first = Math.min(first, asked.sentAt() + TIMEOUT);
        }
        return first;
    }

    void onTimer(long now, Consumer<? super EngineOutput> out) {
        waiting.values()
                .removeIf(asked -> {
                    boolean late = asked.sentAt() + TIMEOUT <= now;
                    if (late) {
                        out.accept(
                                new EngineOutput.Pinged(asked.token(), new PingResult.TimedOut()));
                    }
                    return late;
                });
    }
}
