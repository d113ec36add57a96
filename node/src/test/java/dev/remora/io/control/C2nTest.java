package dev.remora.io.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.control.Capture;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapResponse;
import dev.remora.proto.control.PingRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class C2nTest {
    /// What we do not offer, where tailscaled answers.
    private static final List<String> NOT_OFFERED =
            List.of(
                    "GET /update ",
                    "GET /netfilter-kind ",
                    "GET /debug/prefs ",
                    "GET /debug/health ");

    /// Each recorded request of testcontrold, with tailscaled's recorded answer.
    static Stream<Arguments> recordedRequests() throws Exception {
        List<Capture> story = Capture.story("testcontrold");
        List<Arguments> pairs = new ArrayList<>();
        for (Capture message : story) {
            if (message.kind().equals("map-frame")) {
                MapResponse response = ControlJson.read(MapResponse.class, message.body());
                if (response.pingRequest() != null) {
                    pairs.add(pair(story, response.pingRequest()));
                }
            }
        }
        return pairs.stream();
    }

    private static Arguments pair(List<Capture> story, PingRequest ping) {
        String id = String.valueOf(ping.url()).replaceFirst(".*/c2n/", "c2n_");
        Capture answer =
                story.stream()
                        .filter(m -> m.kind().equals(id + "-request"))
                        .findFirst()
                        .orElseThrow();
        String request =
                new String(
                        Base64.getDecoder().decode(Objects.requireNonNull(ping.payload())),
                        StandardCharsets.UTF_8);
        return Arguments.of(
                request,
                answer.text("body")
                        .replace("\\r", "\r")
                        .replace("\\n", "\n")
                        .replace("\\\"", "\""));
    }

    @ParameterizedTest
    @MethodSource("recordedRequests")
    void answersAsTailscaledDoesWhereWeOfferTheSame(String request, String answer) {
        boolean offered = NOT_OFFERED.stream().noneMatch(request::startsWith);
        if (offered) {
            assertThat(answer(request)).isEqualTo(answer);
        } else {
            assertThat(answer(request)).startsWith("HTTP/1.1 ").isNotEqualTo(answer);
        }
    }

    @Test
    void thereAreRecordedRequests() throws Exception {
        assertThat(recordedRequests()).hasSize(8);
    }

    @Test
    void echoesABodyInChunks() {
        assertThat(
                        answer(
                                "POST /echo HTTP/1.1\r\nHost: \r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
                .endsWith("\r\n\r\nabc");
    }

    @Test
    void saysThatItHasNoServicesAndNoCertificates() {
        assertThat(answer("GET /vip-services HTTP/1.1\r\n\r\n"))
                .contains("\"VIPServices\":[]", "Content-Type: application/json");
        assertThat(answer("GET /tls-cert-status?domain=d HTTP/1.1\r\n\r\n"))
                .contains("{\"Missing\":true}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET",
                "\0\1\2",
                "GET /echo HTTP/1.1\r\nContent-Length: 99\r\n\r\nshort"
            })
    void answersEvenWhatIsNoRequest(String request) {
        assertThat(answer(request)).startsWith("HTTP/1.1 400 Bad Request\r\n");
    }

    private static String answer(String request) {
        return new String(
                C2n.answer(request.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }
}
