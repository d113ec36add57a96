package dev.remora.proto.disco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.Bytes;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.proto.disco.DiscoMessage.AllocateRelayRequest;
import dev.remora.proto.disco.DiscoMessage.AllocateRelayResponse;
import dev.remora.proto.disco.DiscoMessage.BindRelayAnswer;
import dev.remora.proto.disco.DiscoMessage.BindRelayChallenge;
import dev.remora.proto.disco.DiscoMessage.BindRelayEndpoint;
import dev.remora.proto.disco.DiscoMessage.CallMeMaybe;
import dev.remora.proto.disco.DiscoMessage.CallMeMaybeVia;
import dev.remora.proto.disco.DiscoMessage.Ping;
import dev.remora.proto.disco.DiscoMessage.Pong;
import dev.remora.proto.disco.DiscoMessage.RelayBind;
import dev.remora.proto.disco.DiscoMessage.Unknown;
import dev.remora.testing.Vectors;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DiscoMessageTest {
    private static final Vectors VECTORS = Vectors.read("disco/disco.json");

    static Stream<Vectors> messages() {
        return VECTORS.list("messages").stream();
    }

    static Stream<Vectors> readable() {
        return VECTORS.list("parse").stream().filter(v -> !v.has("err"));
    }

    static Stream<Vectors> broken() {
        return VECTORS.list("parse").stream().filter(v -> v.has("err"));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsAndWritesTheBytesOfTheRealThing(Vectors vector) throws MalformedException {
        DiscoMessage message = DiscoMessage.parse(vector.buffer("payload"));

        assertThat(name(message)).isEqualTo(vector.text("type"));
        assertThat(fields(message)).isEqualTo(expected(vector));
        assertThat(written(message)).isEqualTo(vector.text("payload"));
    }

    @ParameterizedTest
    @MethodSource("readable")
    void readsOddPayloadsAsTheRealThingDoes(Vectors vector) throws MalformedException {
        DiscoMessage message = DiscoMessage.parse(vector.buffer("payload"));

        if (message instanceof Unknown) {
            assertThat(vector.text("name")).endsWith("other version");
            assertThat(vector.text("payload")).matches("0[789](?!00).*");
        } else {
            assertThat(name(message)).isEqualTo(vector.text("type"));
            assertThat(fields(message)).isEqualTo(expected(vector));
            assertThat(written(message).equals(vector.text("payload")))
                    .isEqualTo(vector.flag("reencodes_same"));
        }
    }

    @ParameterizedTest
    @MethodSource("broken")
    void refusesWhatTheRealThingRefuses(Vectors vector) throws MalformedException {
        if (vector.text("err").startsWith("unknown")) {
            int type = HexFormat.fromHexDigits(vector.text("payload").substring(0, 2));
            assertThat(DiscoMessage.parse(vector.buffer("payload")))
                    .isEqualTo(new Unknown(type, 0));
        } else {
            assertThatThrownBy(() -> DiscoMessage.parse(vector.buffer("payload")))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void anyPrefixIsReadOrRefused() {
        messages()
                .map(vector -> vector.bytes("payload"))
                .forEach(payload -> {
                    for (int length = 0; length < payload.length; length++) {
                        readOrRefuse(Arrays.copyOf(payload, length));
                    }
                });
    }

    private static void readOrRefuse(byte[] payload) {
        try {
            assertThat(DiscoMessage.parse(ByteBuffer.wrap(payload)).length()).isPositive();
        } catch (MalformedException refused) {
            assertThat(refused.reason()).isNotBlank();
        }
    }

    private static String written(DiscoMessage message) {
        ByteBuffer out = ByteBuffer.allocate(message.length());
        message.writeTo(out);
        return HexFormat.of().formatHex(Bytes.take(out.flip(), out.remaining()));
    }

    /// The message's type in the words of the vector file.
    private static String name(DiscoMessage message) {
        return switch (message) {
            case Ping _ -> "Ping";
            case Pong _ -> "Pong";
            case CallMeMaybe _ -> "CallMeMaybe";
            case BindRelayEndpoint _ -> "BindUDPRelayEndpoint";
            case BindRelayChallenge _ -> "BindUDPRelayEndpointChallenge";
            case BindRelayAnswer _ -> "BindUDPRelayEndpointAnswer";
            case CallMeMaybeVia _ -> "CallMeMaybeVia";
            case AllocateRelayRequest _ -> "AllocateUDPRelayEndpointRequest";
            case AllocateRelayResponse _ -> "AllocateUDPRelayEndpointResponse";
            case Unknown _ -> "";
        };
    }

    /// The message in the words of the vector file.
    private static Map<String, Object> fields(DiscoMessage message) {
        Map<String, Object> fields = new LinkedHashMap<>();
        switch (message) {
            case Ping ping -> {
                fields.put("tx", ping.txId().toString());
                ping.nodeKey().ifPresent(key -> fields.put("node_key", key.bytes().hex()));
                fields.put("padding", number(ping.padding()));
            }
            case Pong(var txId, var seenFrom) -> {
                fields.put("tx", txId.toString());
                fields.put("src", seenFrom.toString());
            }
            case CallMeMaybe(var endpoints) -> putAddresses(fields, endpoints);
            case RelayBind bind -> {
                fields.put("vni", number(bind.binding().vni()));
                fields.put("gen", number(bind.binding().generation()));
                fields.put("remote", bind.binding().remote().bytes().hex());
                fields.put("challenge", bind.binding().challenge().hex());
            }
            case CallMeMaybeVia(var endpoint) -> putRelay(fields, endpoint);
            case AllocateRelayRequest(var first, var second, var generation) -> {
                fields.put("gen", number(generation));
                putClients(fields, first, second);
            }
            case AllocateRelayResponse(var generation, var endpoint) -> {
                fields.put("gen", number(generation));
                putRelay(fields, endpoint);
            }
            case Unknown(var type, var version) -> fields.put("unknown", List.of(type, version));
        }
        return fields;
    }

    private static void putRelay(Map<String, Object> fields, RelayEndpoint endpoint) {
        putAddresses(fields, endpoint.addresses());
        fields.put("vni", number(endpoint.vni()));
        putClients(fields, endpoint.firstClient(), endpoint.secondClient());
        fields.put("server", endpoint.server().bytes().hex());
        fields.put("lamport", Long.toUnsignedString(endpoint.lamportId()));
        fields.put("bind_ns", BigInteger.valueOf(endpoint.bindLifetime()));
        fields.put("steady_ns", BigInteger.valueOf(endpoint.steadyLifetime()));
    }

    private static void putClients(Map<String, Object> fields, DiscoKey first, DiscoKey second) {
        fields.put("clients", List.of(first.bytes().hex(), second.bytes().hex()));
    }

    private static void putAddresses(Map<String, Object> fields, List<?> addresses) {
        if (!addresses.isEmpty()) {
            fields.put("eps", addresses.stream().map(Object::toString).toList());
        }
    }

    private static BigInteger number(int unsigned) {
        return BigInteger.valueOf(Integer.toUnsignedLong(unsigned));
    }

    private static Map<?, ?> expected(Vectors vector) {
        Map<Object, Object> expected =
                new LinkedHashMap<>((Map<?, ?>) vector.fields().get("fields"));
        expected.replaceAll(
                (name, value) -> value instanceof Number n ? new BigInteger(n.toString()) : value);
        return expected;
    }
}
