package dev.remora.proto.derp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DerpFrameTest {
    private static final NodeKey PEER = new NodeKey(new Bytes32(1, 2, 3, 4));

    @Test
    void aPacketInsideOnePieceIsReadWhereItLies() throws MalformedException {
        ByteBuffer stream = written(new DerpFrame.RecvPacket(PEER, bytes("hello")));
        DerpFrameReader reader = new DerpFrameReader(DerpFrameReader.LIMIT);

        assertThat(reader.next(stream)).isTrue();
        var packet = ((DerpFrame.RecvPacket) reader.frame()).packet();

        stream.put(DerpFrame.HEADER_LENGTH + Bytes32.LENGTH, (byte) 'j');
        assertThat(packet).isEqualTo(bytes("jello"));
        assertThat(reader.next(stream)).isFalse();
    }

    @Test
    void aFrameThatIsTooLongToMeanAnythingPassesByUnkept() throws MalformedException {
        DerpFrameReader reader = new DerpFrameReader(DerpFrameReader.LIMIT);
        ByteBuffer huge = ByteBuffer.allocate(DerpFrame.HEADER_LENGTH + (1 << 20));
        huge.put((byte) DerpFrame.RecvPacket.TYPE).putInt(1 << 20).clear();

        for (int at = 0; at < huge.capacity(); at += 4096) {
            int length = Math.min(4096, huge.capacity() - at);
            boolean last = at + length == huge.capacity();
            assertThat(reader.next(huge.slice(at, length))).isEqualTo(last);
        }

        assertThat(reader.frame())
                .isEqualTo(
                        new DerpFrame.Unknown(DerpFrame.RecvPacket.TYPE, ByteBuffer.allocate(0)));
        assertThat(reader.next(written(new DerpFrame.KeepAlive()))).isTrue();
        assertThat(reader.frame()).isEqualTo(new DerpFrame.KeepAlive());
    }

    @Test
    void theLargestPacketIsKeptThoughItComesByteByByte() throws MalformedException {
        byte[] content = new byte[DerpFrame.MAX_PACKET];
        new Random(1).nextBytes(content);
        ByteBuffer stream = written(new DerpFrame.RecvPacket(PEER, ByteBuffer.wrap(content)));
        DerpFrameReader reader = new DerpFrameReader(DerpFrameReader.LIMIT);

        while (stream.remaining() > 1) {
            assertThat(reader.next(stream.slice(stream.position(), 1))).isFalse();
            stream.get();
        }

        assertThat(reader.next(stream)).isTrue();
        assertThat(reader.frame())
                .isEqualTo(new DerpFrame.RecvPacket(PEER, ByteBuffer.wrap(content)));
    }

    @Test
    void aFrameLongerThanTheLimitEndsTheStream() {
        DerpFrameReader reader = new DerpFrameReader(DerpFrameReader.LIMIT);
        ByteBuffer header = ByteBuffer.allocate(5).put((byte) 5).putInt((1 << 20) + 1).flip();

        assertThatThrownBy(() -> reader.next(header)).isInstanceOf(MalformedException.class);
    }

    @Test
    void bothHandshakesUnderstandEachOther() throws MalformedException {
        Random random = new Random(5);
        NodePrivateKey client = NodePrivateKey.generate(random);
        NodePrivateKey relay = NodePrivateKey.generate(random);
        DerpServerKey relayKey = new DerpServerKey(relay.publicKey().bytes());
        ClientHandshake ours = new ClientHandshake(client, relayKey);
        ServerHandshake theirs = new ServerHandshake(relay, client.publicKey());
        ClientDetails hello = new ClientDetails(2, true, false, Optional.empty(), "a \"name\" ü");
        ServerDetails limits = new ServerDetails(2, 1_000_000, 2000);

        assertThat(theirs.open(ours.clientInfo(hello, random))).isEqualTo(hello);
        assertThat(ours.open(theirs.serverInfo(limits, random))).isEqualTo(limits);
    }

    @Test
    void deeplyNestedJsonIsRefusedBeforeItIsRead() {
        byte[] deep = ("{\"a\":" + "[".repeat(50_000)).getBytes(StandardCharsets.US_ASCII);

        assertThatThrownBy(() -> ServerDetails.parse(deep))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("deep");
    }

    @Test
    void halfASurrogatePairInAGreetingIsReplacedAndCanBeWritten() throws MalformedException {
        byte[] json = "{\"AppName\":\"x\\udc2c\"}".getBytes(StandardCharsets.US_ASCII);

        ClientDetails details = ClientDetails.parse(json);

        assertThat(details.appName()).isEqualTo("x\ufffd");
        assertThat(ClientDetails.parse(details.json())).isEqualTo(details);
    }

    @Test
    void theAllowanceFillsUpWithTimeButNotBeyondTheBurst() {
        SendAllowance allowance = new SendAllowance(new ServerDetails(2, 1000, 500), 0);
        long second = TimeUnit.SECONDS.toNanos(1);

        assertThat(allowance.take(500, 0)).isTrue();
        assertThat(allowance.take(1, 0)).isFalse();
        assertThat(allowance.take(250, second / 4)).isTrue();
        assertThat(allowance.take(501, 60 * second)).isFalse();
        assertThat(allowance.take(500, 60 * second)).isTrue();
    }

    @Test
    void withoutALimitEverythingMayBeSent() {
        SendAllowance allowance = new SendAllowance(new ServerDetails(2, 0, 0), 0);

        assertThat(allowance.take(Integer.MAX_VALUE, 0)).isTrue();
        assertThat(allowance.take(Integer.MAX_VALUE, 0)).isTrue();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer written(DerpFrame frame) {
        ByteBuffer out = ByteBuffer.allocateDirect(frame.length());
        frame.writeTo(out);
        return out.flip();
    }
}
