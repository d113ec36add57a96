package dev.remora.proto.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.testing.Vectors;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StunTest {
    private static final Vectors VECTORS = Vectors.read("stun/stun.json");

    static List<Vectors> requests() {
        return VECTORS.list("requests");
    }

    static List<Vectors> responses() {
        return VECTORS.list("responses");
    }

    @ParameterizedTest
    @MethodSource("requests")
    void readsRequestsAsTheRealServerDoes(Vectors vector) throws MalformedException {
        ByteBuffer packet = vector.buffer("pkt");

        assertThat(Stun.looksLikeStun(packet)).isEqualTo(vector.flag("is"));
        if (vector.has("err")) {
            assertThatThrownBy(() -> BindingRequest.parse(packet))
                    .isInstanceOf(MalformedException.class);
        } else {
            assertThat(BindingRequest.parse(packet).txId()).hasToString(vector.text("tx"));
        }
    }

    @ParameterizedTest
    @MethodSource("responses")
    void readsResponsesAsTheRealClientDoes(Vectors vector) throws MalformedException {
        ByteBuffer packet = vector.buffer("pkt");

        assertThat(Stun.looksLikeStun(packet)).isEqualTo(vector.flag("is"));
        if (vector.has("err")) {
            assertThatThrownBy(() -> BindingResponse.parse(packet))
                    .isInstanceOf(MalformedException.class);
        } else {
            BindingResponse response = BindingResponse.parse(packet);
            assertThat(response.txId()).hasToString(vector.text("tx"));
            assertThat(response.seenFrom()).isEqualTo(IpPort.parse(vector.text("addr")));
        }
    }

    @Test
    void writesTheBytesOfTheRealClientAndServer() throws MalformedException {
        for (Vectors vector : madeByTheRealThing(requests())) {
            assertThat(written(BindingRequest.parse(vector.buffer("pkt"))))
                    .isEqualTo(vector.text("pkt"));
        }
        for (Vectors vector : madeByTheRealThing(responses())) {
            assertThat(written(BindingResponse.parse(vector.buffer("pkt"))))
                    .isEqualTo(vector.text("pkt"));
        }
    }

    private static List<Vectors> madeByTheRealThing(List<Vectors> vectors) {
        List<Vectors> made =
                vectors.stream().filter(v -> v.text("name").startsWith("made by")).toList();
        assertThat(made).isNotEmpty();
        return made;
    }

    private static String written(BindingRequest request) {
        ByteBuffer out = ByteBuffer.allocate(BindingRequest.LENGTH);
        request.writeTo(out);
        return HexFormat.of().formatHex(out.array(), 0, out.position());
    }

    private static String written(BindingResponse response) {
        ByteBuffer out = ByteBuffer.allocate(response.length());
        response.writeTo(out);
        assertThat(out.hasRemaining()).isFalse();
        return HexFormat.of().formatHex(out.array());
    }

    @Test
    void readsInsideALargerBufferAndLeavesItsPositionAlone() throws MalformedException {
        ByteBuffer around = ByteBuffer.allocate(100).position(30);
        BindingRequest request = new BindingRequest(new TxId(1, 2));
        request.writeTo(around);
        around.flip().position(30);

        assertThat(Stun.looksLikeBinding(around)).isTrue();
        assertThat(BindingRequest.parse(around)).isEqualTo(request);
        assertThat(around.position()).isEqualTo(30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"requests", "responses"})
    void everyPrefixIsReadOrRefused(String kind) {
        for (Vectors vector : VECTORS.list(kind)) {
            ByteBuffer packet = vector.buffer("pkt");
            for (int length = 0; length <= packet.limit(); length++) {
                neverWorseThanMalformed(packet.slice(0, length));
            }
        }
    }

    @Test
    void flippedBytesAreReadOrRefused() {
        Random random = new Random(7);
        for (Vectors vector : responses()) {
            for (int i = 0; i < 200 && !vector.text("pkt").isEmpty(); i++) {
                ByteBuffer packet = vector.buffer("pkt");
                packet.put(random.nextInt(packet.limit()), (byte) random.nextInt());
                neverWorseThanMalformed(packet);
            }
        }
    }

    private static void neverWorseThanMalformed(ByteBuffer packet) {
        assertThatCode(
                        () -> {
                            try {
                                BindingRequest.parse(packet);
                            } catch (MalformedException expected) {
                                assertThat(expected.reason()).isNotEmpty();
                            }
                            try {
                                BindingResponse.parse(packet);
                            } catch (MalformedException expected) {
                                assertThat(expected.reason()).isNotEmpty();
                            }
                        })
                .doesNotThrowAnyException();
    }

    @Test
    void tellsBindingMessagesFromOtherMethodsOnASharedSocket() {
        ByteBuffer allocate = requests().getFirst().buffer("pkt").put(1, (byte) 3);

        assertThat(Stun.looksLikeStun(allocate)).isTrue();
        assertThat(Stun.looksLikeBinding(allocate)).isFalse();
    }
}
