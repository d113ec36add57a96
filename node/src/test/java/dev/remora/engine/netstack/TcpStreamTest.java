package dev.remora.engine.netstack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.Bytes32;
import dev.remora.base.IpPort;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.tcp.PathKind;
import dev.remora.proto.tcp.TcpEvent;
import dev.remora.testing.Segments;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What an owner may rely on.
class TcpStreamTest {
    private static final byte[] NONE = {};

    private final Stack net = new Stack();
    private final List<String> heard = new ArrayList<>();
    private final ByteBuffer toEcho = ByteBuffer.allocate(1000);
    private boolean takes = true;
    private int iss;

    private final StreamHandler owner =
            new StreamHandler() {
                @Override
                public void onPayload(TcpStream stream, ByteBuffer payload) {
                    if (takes) {
                        heard.add("payload " + UTF_8.decode(payload));
                    }
                }

                @Override
                public void onEvent(TcpStream stream, TcpEvent event) {
                    heard.add(event.getClass().getSimpleName());
                }
            };

    private TcpStream open(StreamHandler handler) {
        net.listen(80);
        net.give(segment(Segments.SYN, 1000, 0, ""));
        TcpStream stream = net.requests.getFirst().accept(handler, net.now).orElseThrow();
        iss = Segments.seq(net.flush().getFirst());
        net.give(segment(Segments.ACK, 1001, iss + 1, ""));
        return stream;
    }

    private IpPacket segment(int flags, int seq, int ack, String text) {
        return segment(flags, seq, ack, text, 40_000);
    }

    private IpPacket segment(int flags, int seq, int ack, String text, int port) {
        return Segments.segment(
                Stack.PEER, port, Stack.OWN, 80, flags, seq, ack, NONE, text.getBytes(UTF_8));
    }

    @Test
    void payloadComesAtOnceWhenItIsWantedAndWaitsWhenNot() {
        TcpStream stream = open(owner);
        net.give(segment(Segments.ACK, 1001, iss + 1, "one"));
        takes = false;
        net.give(segment(Segments.ACK, 1004, iss + 1, "two"));
        net.give(segment(Segments.ACK, 1007, iss + 1, "three"));
        assertThat(stream.readable()).isEqualTo(8);
        takes = true;
        stream.resume(net.now);

        assertThat(heard)
                .containsExactly("Connected", "payload one", "Readable", "payload twothree");
        assertThat(stream.readable()).isZero();
    }

    @Test
    void streamsKnowWhetherTheirPeerIsBehindARelay() {
        TcpStream before = open(owner);
        net.stack.onPathChange(Stack.PEER_KEY, PathKind.RELAYED, net.now);
        assertThat(before.stats().rto()).isEqualTo(MILLISECONDS.toNanos(500));

        net.give(segment(Segments.SYN, 5000, 0, "", 40_001));
        TcpStream after = net.requests.getLast().accept(owner, net.now).orElseThrow();
        int start = Segments.seq(net.flush().getFirst());
        net.give(segment(Segments.ACK, 5001, start + 1, "", 40_001));
        assertThat(after.stats().rto()).isEqualTo(MILLISECONDS.toNanos(500));

        net.stack.onPathChange(Stack.PEER_KEY, PathKind.DIRECT, net.now);
        assertThat(before.stats().rto()).isEqualTo(MILLISECONDS.toNanos(200));
        assertThat(after.stats().rto()).isEqualTo(MILLISECONDS.toNanos(200));
    }

    @Test
    void waitingBytesCanAlsoBeCopiedOut() {
        TcpStream stream = open(owner);
        takes = false;
        net.give(segment(Segments.ACK, 1001, iss + 1, "hello"));
        ByteBuffer into = ByteBuffer.allocate(3);

        assertThat(stream.read(into, net.now)).isEqualTo(3);
        assertThat(UTF_8.decode(into.flip()).toString()).isEqualTo("hel");
        assertThat(stream.readable()).isEqualTo(2);
    }

    @Test
    void aWriteFromWithinThePayloadCallHappensRightAfter() {
        List<Integer> taken = new ArrayList<>();
        StreamHandler echo =
                new StreamHandler() {
                    @Override
                    public void onPayload(TcpStream stream, ByteBuffer payload) {
                        toEcho.put(payload).flip();
                        taken.add(stream.write(toEcho, net.now));
                    }

                    @Override
                    public void onEvent(TcpStream stream, TcpEvent event) {
                        if (event instanceof TcpEvent.Writable) {
                            taken.add(stream.write(toEcho, net.now));
                        }
                    }
                };
        open(echo);

        List<IpPacket> sent = net.give(segment(Segments.ACK, 1001, iss + 1, "hello"));

        assertThat(taken).containsExactly(0, 5);
        assertThat(sent).anyMatch(packet -> packet.transportLength() == 20 + 5);
    }

    @Test
    void closingFromWithinThePayloadCallHappensRightAfter() {
        StreamHandler rude =
                new StreamHandler() {
                    @Override
                    public void onPayload(TcpStream stream, ByteBuffer payload) {
                        payload.position(payload.limit());
                        stream.shutdownOutput();
                        stream.abort();
                    }

                    @Override
                    public void onEvent(TcpStream stream, TcpEvent event) {
                        heard.add(event.getClass().getSimpleName());
                    }
                };
        open(rude);

        List<IpPacket> sent = net.give(segment(Segments.ACK, 1001, iss + 1, "hello"));

        assertThat(sent).anyMatch(packet -> (Segments.flags(packet) & Segments.RST) != 0);
        assertThat(heard).containsExactly("Connected", "Closed");
        assertThat(net.stack.stats().streams()).isZero();
    }

    @Test
    void thePeersEndComesAfterItsBytesAndOnce() {
        open(owner);
        net.give(segment(Segments.ACK | Segments.FIN, 1001, iss + 1, "bye"));
        net.give(segment(Segments.ACK | Segments.FIN, 1001, iss + 1, "bye"));

        assertThat(heard).containsExactly("Connected", "payload bye", "PeerFinished");
    }

    @Test
    void everythingWrittenInABatchGoesOutAtItsEnd() {
        TcpStream stream = open(owner);
        stream.write(UTF_8.encode("one "), net.now);
        stream.write(UTF_8.encode("two"), net.now);
        assertThat(net.out.take()).isEmpty();

        List<IpPacket> sent = net.flush();

        assertThat(sent).singleElement().matches(packet -> packet.transportLength() == 20 + 7);
    }

    @Test
    void anAcknowledgementInHandStopsATimerThatIsDue() {
        TcpStream stream = open(owner);
        stream.write(UTF_8.encode("hello"), net.now);
        net.flush();
        net.now = SECONDS.toNanos(10);

        net.stack.onPacket(segment(Segments.ACK, 1001, iss + 6, ""), Stack.PEER_KEY, net.now);
        net.stack.onTimer(net.now);

        assertThat(net.flush()).isEmpty();
        assertThat(net.stack.stats().usedBytes()).isZero();
    }

    @Test
    void aStreamOfAnAddressThatIsGoneIsReset() {
        open(owner);

        net.stack.onAddresses(List.of(Stack.OWN_V6), net.now);

        assertThat(heard).containsExactly("Connected", "Closed");
        assertThat(net.stack.stats().streams()).isZero();
    }

    @Test
    void onlyItsOwnPeerCanSayThatAConnectionIsForbidden() {
        TcpStream stream =
                net.stack
                        .connect(new IpPort(Stack.PEER, 80), Stack.PEER_KEY, owner, net.now)
                        .orElseThrow();
        net.stack.onForbidden(stream.flow(), new NodeKey(new Bytes32(1, 2, 3, 4)));
        net.flush();
        assertThat(heard).isEmpty();
        net.stack.onForbidden(stream.flow(), Stack.PEER_KEY);
        net.flush();
        assertThat(heard).containsExactly("Closed");
    }

    @Test
    void whatFailsOnItsWayOutIsSentAgain() {
        TcpStream stream = open(owner);
        stream.write(UTF_8.encode("text"), net.now);
        net.out.fail(new IllegalStateException("a mistake of ours, for this test"));
        assertThatThrownBy(net::flush).isInstanceOf(IllegalStateException.class);
        assertThat(net.runUntil(net.now + SECONDS.toNanos(2)))
                .anyMatch(packet ->
                        UTF_8.decode(packet.bytes().duplicate()).toString().endsWith("text"));
    }

    @Test
    void theFailureOfOneKeepsNobodyElseWaiting() {
        TcpStream failing = open(owner);
        net.give(segment(Segments.SYN, 5000, 0, "", 40_001));
        TcpStream other = net.requests.getLast().accept(owner, net.now).orElseThrow();
        int start = Segments.seq(net.flush().getFirst());
        net.give(segment(Segments.ACK, 5001, start + 1, "", 40_001));
        failing.write(ByteBuffer.wrap("lost".getBytes(UTF_8)), net.now);
        other.write(ByteBuffer.wrap("sent".getBytes(UTF_8)), net.now);

        net.out.fail(new IllegalStateException("a mistake of ours, for this test"));
        assertThatThrownBy(net::flush).hasMessageContaining("mistake");

        assertThat(net.stack.nextDeadline()).isZero();
        assertThat(net.flush())
                .singleElement()
                .matches(packet -> packet.dstPort() == other.flow().remotePort());
    }
}
