package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.crypto.MachineKey;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.lab.crowd.CrowdNode;
import dev.remora.lab.crowd.Door;
import dev.remora.lab.crowd.InnerLink;
import dev.remora.lab.crowd.InnerLink.Answer;
import dev.remora.lab.crowd.LoopbackRemora;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Strangers who mean ill, each from an address of its own, at our control server as a process: they are refused, the
/// log has a line for it and not one for each try, memory stays bounded, and others are answered meanwhile.
@Tag("host")
@ExtendWith(LabExtension.class)
class ControlAttackTest {
    private static final int IDLE = 3_000;
    private static final int GUESSES = 60;
    private static final int MOST_FRAMES = 200_000;
    private static final long MOST_BYTES = 500_000_000;
    private static final byte[] ONE_HEADER = {0, 1, 'x', 1, 'y'};
    private static final int END_HEADERS = 4;
    private static final int HEADERS = 420;
    private static final int STREAMS = 250;
    private static final int HOLDING = 60;

    private static LoopbackRemora control;
    private static MachineKey server;
    private static CrowdNode member;

    @BeforeAll
    static void start(Lab lab) throws IOException {
        control = LoopbackRemora.start(lab);
        server = control.key();
        member = new CrowdNode("member", "127.5.0.1", control.port(), server);
        assertThat(member.register(control.authKey("alice")).machineAuthorized()).isTrue();
    }

    /// Another client is answered, now.
    private static void othersAreAnswered() throws IOException {
        try (InnerLink link = link("127.5.0.2")) {
            Answer answer = link.answer(link.request("/machine/update-health", utf8("{}")));
            assertThat(answer.status()).isEqualTo(204);
        }
    }

    @AfterEach
    void theServerIsWellAndSmall() throws IOException {
        othersAreAnswered();
        assertThat(control.process().residentBytes()).isLessThan(MOST_BYTES);
        assertThat(control.process().log()).doesNotContain("ERROR", "Exception");
    }

    private static void assertSaidOnce(String address, String what) {
        Pattern line = Pattern.compile(Pattern.quote(address + " ") + what);
        assertThat(control.process().log().lines().filter(it -> line.matcher(it).find()))
                .hasSize(1);
    }

    private static InnerLink link(String from) throws IOException {
        return InnerLink.open(
                from, control.port(), server, MachinePrivateKey.generate(new SecureRandom()));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whoOnlyHoldsPlacesLosesTheOldestOfThem() throws IOException {
        List<Door> idle = new ArrayList<>();
        try {
            for (int i = 0; i < IDLE; i++) {
                Door door = Door.open("127.66.0.1", control.port());
                idle.add(door);
                if (i % 2 == 0) {
                    door.send("GET /key HTTP/1.1\r\nX-Slow: ");
                }
            }
            othersAreAnswered();
            assertThatThrownBy(() -> idle.getFirst().head()).isInstanceOf(IOException.class);
            idle.getLast().send("GET /key?v=131 HTTP/1.1\r\n\r\n");
            assertThat(idle.getLast().head()).startsWith("HTTP/1.1 200");
            assertSaidOnce("127.66.0.1", "has \\d+ connections that ask for nothing");
        } finally {
            idle.forEach(Door::close);
        }
    }

    @Test
    void questionsWhoseAnswersNobodyReadsAreNotRead() throws Exception {
        byte[] questions = utf8("GET /key?v=131 HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000));
        try (Door door = Door.open("127.66.0.2", control.port())) {
            Thread asking =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    for (int i = 0; i < 2000; i++) {
                                        door.send(questions);
                                    }
                                } catch (IOException e) {
                                    // closed below
                                }
                            });
            asking.join(Duration.ofSeconds(1)); // that it waits is well, that it is through as well
            othersAreAnswered();
            theServerIsWellAndSmall();
        }
    }

    @Test
    void bodiesAndHeadsHaveAnEnd() throws IOException {
        try (Door door = Door.open("127.66.0.3", control.port())) {
            door.send("POST /verify HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n");
            assertThatThrownBy(() -> sendForever(() -> door.send(new byte[1 << 16])))
                    .isInstanceOf(IOException.class);
        }
        try (Door door = Door.open("127.66.0.3", control.port())) {
            door.send("GET / HTTP/1.1\r\n");
            assertThatThrownBy(
                            () -> sendForever(() -> door.send("X: " + "y".repeat(1000) + "\r\n")))
                    .isInstanceOf(IOException.class);
        }
        try (InnerLink link = link("127.66.0.3")) {
            int stream = link.request("/machine/register", utf8("[".repeat(1 << 15)));
            assertThat(link.answer(stream).status()).isEqualTo(400);
        }
        assertSaidOnce("127.66.0.3", "sends what is no request");
    }

    /// Each of its 420 headers is four bytes on the wire, and far more to whoever keeps it.
    @Test
    void headersOfRequestsThatNeverEndAreNotKept() throws IOException {
        byte[] head = new byte[HEADERS * ONE_HEADER.length];
        for (int at = 0; at < head.length; at += ONE_HEADER.length) {
            System.arraycopy(ONE_HEADER, 0, head, at, ONE_HEADER.length);
        }
        List<InnerLink> links = new ArrayList<>();
        try {
            for (int i = 0; i < HOLDING; i++) {
                InnerLink link = link("127.66.0.6");
                links.add(link);
                for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
                    link.frame(Http2FrameTypes.HEADERS, END_HEADERS, stream, head);
                }
            }
            theServerIsWellAndSmall();
        } finally {
            links.forEach(InnerLink::close);
        }
    }

    private interface Sending {
        void send() throws IOException;
    }

    private static void sendForever(Sending sending) throws IOException {
        for (int i = 0; i < MOST_FRAMES; i++) {
            sending.send();
        }
    }

    /// What a client may send too much of.
    private enum Flood {
        PING,
        SETTINGS,
        RESET,
        CONTINUATION,
        EMPTY_DATA;

        String from() {
            return "127.67.0." + (1 + ordinal());
        }

        void begin(InnerLink link) throws IOException {
            if (this == CONTINUATION) {
                link.frame(Http2FrameTypes.HEADERS, 0, 1, ONE_HEADER);
            } else if (this == EMPTY_DATA) {
                link.head("/machine/map");
            }
        }

        void send(InnerLink link) throws IOException {
            switch (this) {
                case PING -> link.frame(Http2FrameTypes.PING, 0, 0, new byte[8]);
                case SETTINGS -> link.frame(Http2FrameTypes.SETTINGS, 0, 0);
                case RESET -> {
                    byte[] cancel = {0, 0, 0, 8};
                    link.frame(Http2FrameTypes.RST_STREAM, 0, link.head("/machine/map"), cancel);
                }
                case CONTINUATION -> link.frame(Http2FrameTypes.CONTINUATION, 0, 1, ONE_HEADER);
                case EMPTY_DATA -> link.frame(Http2FrameTypes.DATA, 0, 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFloodEndsItsOwnConnection(Flood flood) throws IOException {
        for (int round = 0; round < 2; round++) {
            try (InnerLink link = link(flood.from())) {
                flood.begin(link);
                assertThatThrownBy(() -> sendForever(() -> flood.send(link)))
                        .isInstanceOf(IOException.class);
                othersAreAnswered();
            }
        }
        assertSaidOnce(flood.from(), "");
    }

    @Test
    void guessedKeysAreRefusedAndSoonNotLookedAt() throws IOException {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < GUESSES; i++) {
            try (CrowdNode guesser =
                    new CrowdNode("guesser", "127.66.0.4", control.port(), server)) {
                answers.add(guesser.register("guess-" + i).error());
            } catch (IOException e) {
                answers.add(String.valueOf(e.getMessage()));
            }
        }
        assertThat(answers.getFirst()).isNotEmpty().doesNotContain("429");
        assertThat(answers.getLast()).contains("429", "too many wrong auth keys");
        assertThat(control.cli("nodes", "list").orThrow().stdout()).doesNotContain("guesser");
        assertSaidOnce("127.66.0.4", "was refused its registration");
        assertSaidOnce("127.66.0.4", "has tried too many wrong keys");
    }

    @Test
    void anothersNodeKeyOpensNothing() throws IOException {
        try (CrowdNode thief = new CrowdNode("thief", "127.66.0.5", control.port(), server)) {
            thief.connect();
            for (int i = 0; i < 3; i++) {
                assertThat(thief.ask("/machine/map", thief.mapRequest(member.key(), true)).status())
                        .isEqualTo(404);
            }
        }
        assertSaidOnce("127.66.0.5", "asks in the name of a node that it is not");
    }
}
