package dev.remora.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.crypto.Aead;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.proto.noise.NoiseHandshake;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Noise and HTTP/2 from the outside, over real sockets, with clients that behave and clients that do not.
@Timeout(120)
class InnerConnectionTest {
    @Test
    void settingsAreTheFirstThingBehindTheEarlyPayload() throws Exception {
        try (TestControl server = new TestControl(ControlSettings.standard(), TestControl.ECHO);
                TestClient client = new TestClient(server.address(), server.key.publicKey())) {
            assertThat(client.early).matches("\\{\"nodeKeyChallenge\":\"chalpub:[0-9a-f]{64}\"}");
            assertThat(client.read().type()).isEqualTo(Http2FrameTypes.SETTINGS);
        }
    }

    @Test
    void requestsAreAnsweredWithWhatTheyHold() throws Exception {
        try (TestControl server = new TestControl(ControlSettings.standard(), TestControl.ECHO);
                TestClient client = server.connect()) {
            assertThat(client.ask("POST", "/x", "hello").body()).isEqualTo("POST hello");
            String large = "x".repeat(60_000);
            assertThat(client.ask("PUT", "/x", large).body()).isEqualTo("PUT " + large);
            assertThat(client.ask("GET", "/y", "").body()).isEqualTo("GET ");
        }
    }

    @Test
    void theVisitorIsWhoeverHoldsTheKeyOfTheHandshake() throws Exception {
        InnerApp who =
                (request, answer) ->
                        answer.text(
                                200,
                                request.visitor().machine().text()
                                        + " "
                                        + request.visitor().version());
        MachinePrivateKey machine = MachinePrivateKey.generate(new SecureRandom());
        try (TestControl server = new TestControl(ControlSettings.standard(), who);
                TestClient client =
                        new TestClient(server.address(), server.key.publicKey(), machine, 138)
                                .begin()) {
            assertThat(client.ask("GET", "/", "").body())
                    .isEqualTo(machine.publicKey().text() + " 138");
        }
    }

    @Test
    void aHandshakeForAnotherServersKeyIsClosedWithoutAWord() throws Exception {
        MachinePrivateKey other = MachinePrivateKey.generate(new SecureRandom());
        try (TestControl server = new TestControl(ControlSettings.standard(), TestControl.ECHO)) {
            assertThatThrownBy(() -> new TestClient(server.address(), other.publicKey()))
                    .isInstanceOf(EOFException.class);
            assertThat(server.refusals.count(RefusalKind.BAD_HANDSHAKE)).isEqualTo(1);
            server.awaitNoStrangers();
            server.stillAnswers();
        }
    }

    @Test
    void aReplayedInitiationOpensNothing() throws Exception {
        LinkedBlockingQueue<InnerRequest> seen = new LinkedBlockingQueue<>();
        try (TestControl server =
                        new TestControl(
                                ControlSettings.standard(),
                                (request, answer) -> seen.add(request));
                Socket replay =
                        new Socket(server.address().getAddress(), server.address().getPort())) {
            byte[] initiation =
                    NoiseHandshake.start(
                                    131,
                                    MachinePrivateKey.generate(new SecureRandom()),
                                    server.key.publicKey(),
                                    new SecureRandom(),
                                    Aead.jdk())
                            .initiation();
            replay.setSoTimeout(30_000);
            replay.getOutputStream().write(InnerFrames.upgrade(initiation));
            assertThat(TestClient.readHead(replay)).startsWith("HTTP/1.1 101");
            replay.getOutputStream().write(new byte[] {4, 0, 32});
            replay.getOutputStream().write(new byte[32]);

            assertThat(replay.getInputStream().readAllBytes()).isNotEmpty();
            assertThat(seen).isEmpty();
        }
    }

    @Test
    void aWrongFirstMessageIsToldWhy() throws Exception {
        try (TestControl server = new TestControl(ControlSettings.standard(), TestControl.ECHO);
                Socket socket =
                        new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(InnerFrames.upgrade(new byte[100]));
            TestClient.readHead(socket);

            byte[] error = socket.getInputStream().readAllBytes();
            assertThat(new String(error, 3, error.length - 3, StandardCharsets.UTF_8))
                    .isEqualTo("wrong handshake initiation size");
        }
    }

    @Test
    void aReaderThatIsStuckBlocksOnlyItsOwnStream() throws Exception {
        InnerApp app =
                (request, answer) ->
                        answer.reply(
                                200,
                                "text/plain",
                                new byte[request.path().equals("/large") ? 1 << 20 : 10]);
        try (TestControl server = new TestControl(ControlSettings.standard(), app);
                TestClient client = server.connect()) {
            client.window(0, 1 << 24); // the connection has room, the stream has not
            int stuck = client.request("GET", "/large", "");
            int quick = client.request("GET", "/small", "");

            assertThat(client.answer(quick).body()).hasSize(10);
            client.window(stuck, 1 << 24);
            int after = 0;
            InnerFrames.Frame frame = client.next(Http2FrameTypes.DATA);
            while (!frame.ends()) {
                after += frame.payload().length;
                frame = client.next(Http2FrameTypes.DATA);
            }
            assertThat(after).isPositive();
        }
    }

    @Test
    void aClientThatGivesUpInterruptsWhoAnswersIt() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        LinkedBlockingQueue<String> ended = new LinkedBlockingQueue<>();
        InnerApp app =
                (request, answer) -> {
                    answer.whenClosed(() -> ended.add("told " + request.path()));
                    asked.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        ended.add("interrupted " + request.path());
                        throw e;
                    }
                };
        try (TestControl server = new TestControl(ControlSettings.standard(), app);
                TestClient client = server.connect()) {
            int first = client.request("POST", "/first", "{}");
            client.request("POST", "/second", "{}");
            assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();

            client.reset(first);
            assertThat(take(ended, 2))
                    .containsExactlyInAnyOrder("told /first", "interrupted /first");
            client.close();
            assertThat(take(ended, 2))
                    .containsExactlyInAnyOrder("told /second", "interrupted /second");
        }
    }

    private static List<String> take(LinkedBlockingQueue<String> queue, int count)
            throws InterruptedException {
        ArrayList<String> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(String.valueOf(queue.poll(30, TimeUnit.SECONDS)));
        }
        return taken;
    }

    @Test
    void aHugeBodyIsRefusedAndTheConnectionGoesOn() throws Exception {
        try (TestControl server = new TestControl(ControlSettings.standard(), TestControl.ECHO);
                TestClient client = server.connect()) {
            int huge = client.head("POST", "/x", false);
            sendAsWindowsAllow(client, huge, InnerStream.MOST_BODY + (256 << 10));

            assertThat(server.refusals.count(RefusalKind.TOO_LARGE)).isEqualTo(1);
            assertThat(server.context.bodies().taken()).isZero();
            assertThat(client.ask("POST", "/x", "small").body()).isEqualTo("POST small");
        }
    }

    @Test
    void aBodyCountsUntilItIsRead() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch mayRead = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch mayAnswer = new CountDownLatch(1);
        InnerApp slow =
                (request, answer) -> {
                    asked.countDown();
                    mayRead.await();
                    int length = request.body().length;
                    read.countDown();
                    mayAnswer.await();
                    answer.text(200, "" + length);
                };
        try (TestControl server = new TestControl(ControlSettings.standard(), slow);
                TestClient client = server.connect()) {
            int stream = client.request("POST", "/x", "y".repeat(1000));
            assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(server.context.bodies().taken()).isGreaterThanOrEqualTo(1000);

            mayRead.countDown();
            assertThat(read.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(server.context.bodies().taken()).isZero();
            mayAnswer.countDown();
            assertThat(client.answer(stream).body()).isEqualTo("1000");
        }
    }

    /// Sends until the server resets or answers the stream.
    private static void sendAsWindowsAllow(TestClient client, int stream, int bytes)
            throws IOException {
        int connection = 65_535 + (1 << 20);
        int window = 256 << 10;
        int sent = 0;
        while (sent < bytes) {
            while (Math.min(window, connection) >= 16_384) {
                client.frame(Http2FrameTypes.DATA, 0, stream, new byte[16_384]);
                window -= 16_384;
                connection -= 16_384;
                sent += 16_384;
            }
            InnerFrames.Frame frame = client.read();
            if (frame.type() == Http2FrameTypes.WINDOW_UPDATE) {
                int more = ByteBuffer.wrap(frame.payload()).getInt();
                connection += frame.stream() == 0 ? more : 0;
                window += frame.stream() == stream ? more : 0;
            } else if (frame.stream() == stream) {
                assertThat(frame.type())
                        .isIn((int) Http2FrameTypes.HEADERS, (int) Http2FrameTypes.RST_STREAM);
                return;
            }
        }
        throw new AssertionError("took it all");
    }

    @Test
    void floodsEndTheirConnectionAndNoOther() throws Exception {
        try (TestControl server = new TestControl(ControlSettings.standard(), TestControl.ECHO)) {
            for (int type : new int[] {Http2FrameTypes.SETTINGS, Http2FrameTypes.PING}) {
                try (TestClient client = server.connect()) {
                    byte[] payload = new byte[type == Http2FrameTypes.PING ? 8 : 0];
                    floodUntilClosed(client, () -> client.frame(type, 0, 0, payload));
                }
            }
            try (TestClient client = server.connect()) {
                floodUntilClosed(client, () -> client.reset(client.head("POST", "/x", false)));
            }
            assertThat(server.refusals.count(RefusalKind.FLOOD)).isGreaterThanOrEqualTo(2);
            server.stillAnswers();
        }
    }

    /// A step that may fail because the other side has hung up.
    private interface Step {
        void run() throws IOException;
    }

    private static void floodUntilClosed(TestClient client, Step step) throws IOException {
        try {
            for (int i = 0; i < 5_000; i++) {
                step.run();
            }
        } catch (SocketException e) {
            return; // hung up on us in the middle
        }
        client.awaitEnd();
    }

    @Test
    void nonsenseInsideOfNoiseEndsTheConnection() throws Exception {
        try (TestControl server = new TestControl(ControlSettings.standard(), TestControl.ECHO)) {
            try (TestClient client = new TestClient(server.address(), server.key.publicKey())) {
                client.send(
                        "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                client.awaitEnd();
            }
            server.stillAnswers();
        }
    }
}
