package dev.remora.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.control.ControlSettings.Rate;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a client loses by being slow, silent or one too many.
@Timeout(120)
class InnerLimitsTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private static ControlSettings waits(Duration request, Duration stuck, Duration idle) {
        return ControlSettings.standard()
                .withWaits(new ControlSettings.Waits(request, stuck, idle));
    }

    @Test
    void aReaderThatStaysStuckLosesItsStreamAndNobodyElseWaits() throws Exception {
        CountDownLatch lost = new CountDownLatch(1);
        InnerApp app =
                (request, answer) -> {
                    try {
                        answer.reply(200, "text/plain", new byte[1 << 20]);
                    } catch (IOException e) {
                        lost.countDown();
                        throw e;
                    }
                };
        try (TestControl server = new TestControl(waits(LONG, Duration.ofMillis(200), LONG), app);
                TestClient client = server.connect()) {
            client.request("GET", "/large", "");

            client.next(Http2FrameTypes.RST_STREAM);
            assertThat(lost.await(30, TimeUnit.SECONDS)).isTrue();
            client.frame(Http2FrameTypes.PING, 0, 0, new byte[8]);
            assertThat(client.next(Http2FrameTypes.PING).payload()).containsOnly(0);
        }
    }

    @Test
    void aRequestThatDoesNotArriveInTimeIsGivenUp() throws Exception {
        try (TestControl server =
                        new TestControl(
                                waits(Duration.ofSeconds(2), LONG, LONG), TestControl.ECHO);
                TestClient client = server.connect()) {
            int slow = client.head("POST", "/x", false);
            client.frame(Http2FrameTypes.DATA, 0, slow, new byte[10]);

            assertThat(client.answer(slow).status()).isEqualTo(408);
            assertThat(server.refusals.count(RefusalKind.TOO_SLOW)).isEqualTo(1);
        }
    }

    @Test
    void aStrangerThatAsksForNothingIsPutOut() throws Exception {
        try (TestControl server =
                        new TestControl(
                                waits(Duration.ofMillis(300), LONG, LONG), TestControl.ECHO);
                TestClient client = server.connect()) {
            client.awaitEnd();

            assertThat(server.refusals.count(RefusalKind.SILENT)).isEqualTo(1);
        }
    }

    @Test
    void aMemberThatAsksForNothingAnyMoreIsToldToComeBackAndOneThatWaitsIsLeftAlone()
            throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        InnerApp members =
                (request, reply) -> {
                    request.visitor().known();
                    if (request.path().equals("/poll")) {
                        answer.await();
                    }
                    reply.text(200, "done");
                };
        ControlSettings impatient = waits(Duration.ofSeconds(2), LONG, Duration.ofSeconds(1));
        try (TestControl server = new TestControl(impatient, members);
                TestClient polls = server.connect()) {
            int poll = polls.head("POST", "/poll", true);
            TestClient idles = server.connect();
            assertThat(idles.ask("POST", "/x", "").body()).isEqualTo("done");

            byte[] farewell = idles.next(Http2FrameTypes.GO_AWAY).payload();
            assertThat(ByteBuffer.wrap(farewell).getInt()).as("the last one answered").isEqualTo(1);
            idles.awaitEnd();
            idles.close();
            answer.countDown();
            assertThat(polls.next(Http2FrameTypes.HEADERS).stream()).isEqualTo(poll);
            assertThat(server.refusals.count(RefusalKind.SILENT)).isZero();
        }
    }

    @Test
    void handshakesAreRare() throws Exception {
        Rate rare = new Rate(0.000_1, 2);
        ControlSettings tight =
                ControlSettings.standard().withRates(new ControlSettings.Rates(rare, rare, rare));
        try (TestControl server = new TestControl(tight, TestControl.ECHO)) {
            try (TestClient first = server.connect();
                    TestClient second = server.connect()) {
                assertThatThrownBy(server::connect).hasMessageContaining("429");
                assertThat(first.ask("GET", "/", "").status()).isEqualTo(200);
                assertThat(second.ask("GET", "/", "").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void theOldestStrangerThatAsksForNothingMakesRoom() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch approved = new CountDownLatch(1);
        InnerApp waiting =
                (request, answer) -> {
                    if (request.path().equals("/wait")) {
                        asked.countDown();
                        approved.await();
                    }
                    answer.text(200, "in");
                };
        ControlSettings three =
                ControlSettings.standard().withPlaces(new ControlSettings.Places(100, 3));
        try (TestControl server = new TestControl(three, waiting);
                TestClient login = server.connect();
                TestClient oldest = server.connect();
                TestClient second = server.connect()) {
            int stream = login.head("GET", "/wait", true);
            assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
            try (TestClient newcomer = server.connect()) {
                assertThat(newcomer.ask("GET", "/", "").status()).isEqualTo(200);
                oldest.awaitEnd();
                assertThat(server.refusals.count(RefusalKind.TOO_MANY_STRANGERS)).isEqualTo(1);
                assertThat(second.ask("GET", "/", "").status()).isEqualTo(200);
                approved.countDown();
                assertThat(login.answer(stream).status()).isEqualTo(200);
            }
        }
    }
}
