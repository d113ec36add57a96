package dev.remora.server.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.io.loop.EngineLoop;
import dev.remora.proto.stun.BindingRequest;
import dev.remora.proto.stun.BindingResponse;
import dev.remora.proto.stun.TxId;
import dev.remora.testing.Vectors;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StunServerTest {
    private static final TxId TX_ID = new TxId(7, 8);
    private static final int PATIENCE_MS = 10_000;

    private final EngineLoop loop = EngineLoop.start("stun-test");

    @AfterEach
    void endTheLoop() throws InterruptedException {
        loop.closeAndWait();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void tellsWhereARequestCameFrom(String address) throws Exception {
        InetAddress ip = InetAddress.getByName(address);
        assumeThat(NetworkInterface.getByInetAddress(ip)).isNotNull();
        try (StunServer server = StunServer.start(loop, new InetSocketAddress(ip, 0));
                DatagramSocket client = connected(ip, server.address().getPort())) {
            send(client, request());

            assertThat(answer(client)).isEqualTo(seenAs(client));
        }
    }

    @Test
    void tellsAnIpv4ClientOfAnIpv6SocketItsIpv4Address() throws Exception {
        try (StunServer server = StunServer.start(loop, new InetSocketAddress(0));
                DatagramSocket client =
                        connected(InetAddress.getByName("127.0.0.1"), server.address().getPort())) {
            send(client, request());

            byte[] answer = received(client);
            assertThat(answer).hasSize(32);
            assertThat(BindingResponse.parse(ByteBuffer.wrap(answer))).isEqualTo(seenAs(client));
        }
    }

    /// A good request follows each recorded one. Datagrams between two sockets on loopback keep their order, so what is
    /// heard before the answer to it is the answer to the recorded one, or there was none.
    @Test
    void answersThoseRecordedRequestsThatTheRealServerAnswers() throws Exception {
        InetAddress ip = InetAddress.getByName("127.0.0.1");
        List<Vectors> requests =
                Vectors.read("stun/stun.json").list("requests").stream()
                        .filter(vector -> vector.bytes("pkt").length > 0) // Netty keeps to itself
                        .toList();
        try (StunServer server = StunServer.start(loop, new InetSocketAddress(ip, 0));
                DatagramSocket client = connected(ip, server.address().getPort())) {
            for (Vectors vector : requests) {
                send(client, vector.bytes("pkt"));
                send(client, request());

                if (!vector.has("err")) {
                    assertThat(answer(client).txId()).hasToString(vector.text("tx"));
                }
                assertThat(answer(client).txId()).as(vector.text("name")).isEqualTo(TX_ID);
            }
            long refused = requests.stream().filter(vector -> vector.has("err")).count();
            assertThat(server.refused()).isPositive().isEqualTo(refused);
            assertThat(server.answered()).isEqualTo(2L * requests.size() - refused);
        }
    }

    @Test
    void saysWhichAddressCannotBeHad() throws Exception {
        InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
        try (StunServer server = StunServer.start(loop, any)) {
            assertThatThrownBy(() -> StunServer.start(loop, server.address()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + server.address().getPort());
        }
    }

    private static DatagramSocket connected(InetAddress ip, int port) throws IOException {
        DatagramSocket socket = new DatagramSocket(0, ip);
        socket.connect(ip, port);
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    private static byte[] request() {
        ByteBuffer out = ByteBuffer.allocate(BindingRequest.LENGTH);
        new BindingRequest(TX_ID).writeTo(out);
        return out.array();
    }

    private static void send(DatagramSocket socket, byte[] bytes) throws IOException {
        socket.send(new DatagramPacket(bytes, bytes.length));
    }

    private static byte[] received(DatagramSocket socket) throws IOException {
        DatagramPacket answer = new DatagramPacket(new byte[100], 100);
        socket.receive(answer);
        return Arrays.copyOf(answer.getData(), answer.getLength());
    }

    private static BindingResponse answer(DatagramSocket socket)
            throws IOException, MalformedException {
        return BindingResponse.parse(ByteBuffer.wrap(received(socket)));
    }

    private static BindingResponse seenAs(DatagramSocket socket) throws MalformedException {
        String ip = socket.getLocalAddress().getHostAddress();
        String written = ip.contains(":") ? "[" + ip + "]" : ip;
        return new BindingResponse(TX_ID, IpPort.parse(written + ":" + socket.getLocalPort()));
    }
}
