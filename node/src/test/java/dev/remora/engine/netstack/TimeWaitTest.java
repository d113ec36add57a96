package dev.remora.engine.netstack;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.ip.IpPacket;
import dev.remora.testing.Segments;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What becomes of a 4-tuple after we closed first.
class TimeWaitTest {
    private static final int PORT = 40_000;

    private final Stack net = new Stack();
    private int nextSeq;
    private int nextAck;

    /// Opens a connection with timestamps, and lets us close it first.
    private void closeFirst() {
        net.listen(80);
        net.give(segment(Segments.SYN, 1000, 0, Segments.synOptions(500)));
        TcpStream stream = net.requests.getFirst().accept(net, net.now).orElseThrow();
        int iss = Segments.seq(net.flush().getFirst());
        net.give(segment(Segments.ACK, 1001, iss + 1, Segments.timestamps(501, 0)));
        stream.close();
        net.flush();
        nextSeq = 1001;
        nextAck = iss + 2;
        net.give(segment(Segments.ACK, nextSeq, nextAck, Segments.timestamps(502, 0)));
        net.give(
                segment(
                        Segments.FIN | Segments.ACK,
                        nextSeq,
                        nextAck,
                        Segments.timestamps(503, 0)));
        nextSeq++;
        assertThat(net.stack.stats().streams()).isZero();
        assertThat(net.stack.stats().timeWaits()).isEqualTo(1);
    }

    @Test
    void aRecordStaysForAMinute() {
        closeFirst();

        net.runUntil(SECONDS.toNanos(59));
        assertThat(net.stack.stats().timeWaits()).isEqualTo(1);
        net.runUntil(SECONDS.toNanos(61));

        assertThat(net.stack.stats().timeWaits()).isZero();
    }

    @Test
    void aRepeatedFinIsAcknowledgedAndTheMinuteBeginsAnew() {
        closeFirst();
        net.runUntil(SECONDS.toNanos(50));

        List<IpPacket> answer =
                net.give(
                        segment(
                                Segments.FIN | Segments.ACK,
                                nextSeq - 1,
                                nextAck,
                                Segments.timestamps(504, 0)));

        assertThat(answer).singleElement().matches(packet -> Segments.ack(packet) == nextSeq);
        net.runUntil(SECONDS.toNanos(100));
        assertThat(net.stack.stats().timeWaits()).isEqualTo(1);
        net.runUntil(SECONDS.toNanos(111));
        assertThat(net.stack.stats().timeWaits()).isZero();
    }

    @Test
    void aResetDoesNotEndTheMinute() {
        closeFirst();

        assertThat(net.give(segment(Segments.RST, nextSeq, 0, new byte[0]))).isEmpty();

        assertThat(net.stack.stats().timeWaits()).isEqualTo(1);
    }

    @Test
    void aNewerSynBeginsANewConnectionAboveTheOldNumbers() {
        closeFirst();

        net.give(segment(Segments.SYN, 5, 0, Segments.synOptions(600)));
        assertThat(net.requests).hasSize(2);
        net.requests.getLast().accept(net, net.now);

        int iss = Segments.seq(net.flush().getFirst());
        assertThat(iss - nextAck).isGreaterThan(65_000);
        assertThat(net.stack.stats().timeWaits()).isZero();
    }

    @Test
    void anOlderSynIsAcknowledgedOnly() {
        closeFirst();

        List<IpPacket> answer = net.give(segment(Segments.SYN, 5, 0, Segments.synOptions(400)));

        assertThat(answer)
                .singleElement()
                .matches(packet -> Segments.flags(packet) == Segments.ACK);
        assertThat(net.requests).hasSize(1);
    }

    @Test
    void theOldestRecordsGoWhenThereAreTooMany() {
        NetStackConfig.Caps caps = new NetStackConfig.Caps(100, 100, 100, 100, 3);
        Tailnet pair = new Tailnet(1, Link.Model.PERFECT, NetStackConfig.defaults().with(caps));
        pair.serve(
                80,
                request ->
                        request.accept(new Talker(pair, new Random(1), 0, false, 0, 0), pair.now));
        for (int i = 0; i < 10; i++) {
            Talker talker = new Talker(pair, new Random(1), 0, false, 0, 0);
            pair.connect(80, talker);
            assertThat(pair.run(pair.now + SECONDS.toNanos(5), () -> talker.closed != null))
                    .isTrue();
        }

        assertThat(pair.client.stats().timeWaits() + pair.server.stats().timeWaits())
                .isLessThanOrEqualTo(6);
        assertThat(pair.client.stats().timeWaitsEvicted() + pair.server.stats().timeWaitsEvicted())
                .isGreaterThanOrEqualTo(4);
    }

    private static IpPacket segment(int flags, int seq, int ack, byte[] options) {
        return Segments.segment(Stack.PEER, PORT, Stack.OWN, 80, flags, seq, ack, options);
    }
}
