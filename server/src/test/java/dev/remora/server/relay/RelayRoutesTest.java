package dev.remora.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.http.HttpEnd;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a relay says to those who do not become clients.
class RelayRoutesTest {
    private final TestRelay relay = new TestRelay();
    private final Wire wire = relay.wire();

    private String ask(String line, String... headers) {
        StringBuilder request = new StringBuilder(line + " HTTP/1.1\r\nHost: relay\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        wire.write(request + "\r\n");
        return wire.text();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/derp/probe", "/derp/latency-check", "/derp/probe?t=1"})
    void measurementsAreAnsweredEmptyAndForEveryOrigin(String path) {
        for (String method : new String[] {"GET ", "HEAD "}) {
            assertThat(ask(method + path))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .containsIgnoringCase("access-control-allow-origin: *\r\n")
                    .containsIgnoringCase("content-length: 0\r\n")
                    .endsWith("\r\n\r\n");
        }
        assertThat(ask("PUT " + path)).startsWith("HTTP/1.1 405 ").contains("bogus probe method");
        assertThat(wire.isOpen()).isTrue();
    }

    @Test
    void noContentIsGeneratedWithTheAnswerToASensibleChallenge() {
        assertThat(ask("GET /generate_204", "X-Tailscale-Challenge: ts_relay.example:80"))
                .startsWith("HTTP/1.1 204 No Content\r\n")
                .containsIgnoringCase("x-tailscale-response: response ts_relay.example:80\r\n")
                .contains("no-cache, no-store, must-revalidate, no-transform, max-age=0");
        for (String bad : new String[] {"a b", "a".repeat(65), "<b>"}) {
            assertThat(ask("GET /generate_204", "X-Tailscale-Challenge: " + bad))
                    .startsWith("HTTP/1.1 204 No Content\r\n")
                    .doesNotContainIgnoringCase("X-Tailscale-Response");
        }
    }

    @Test
    void aClientWhoseUpgradeWasLostOnTheWayIsToldSo() {
        assertThat(ask("GET /derp"))
                .startsWith("HTTP/1.1 426 Upgrade Required\r\n")
                .contains("DERP requires connection upgrade");
    }

    @Test
    void anUpgradeMayComeByPostAndInCapitalsAndAsWebSocketOfOldClients() {
        assertThat(ask("POST /derp", "Upgrade: Derp", "Connection: upgrade"))
                .startsWith("HTTP/1.1 101 ");
        Wire old = relay.wire();
        old.write(Wire.UPGRADE.replace("DERP", "websocket") + "\r\n");
        assertThat(old.text()).startsWith("HTTP/1.1 101 ").contains("DERP");
    }

    @Test
    void thereIsAPageForPeopleAndOneForRobotsAndNoOther() {
        assertThat(ask("GET /")).startsWith("HTTP/1.1 200 ").contains("DERP relay");
        assertThat(ask("GET /robots.txt")).endsWith("User-agent: *\nDisallow: /\n");
        assertThat(ask("GET /etc/passwd")).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void aHeadHasNoBody() {
        assertThat(ask("HEAD /")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
    }

    @Test
    void whoWantsTheConnectionClosedAfterwardsGetsThat() {
        assertThat(ask("GET /derp/probe", "Connection: close")).startsWith("HTTP/1.1 200 ");
        assertThat(wire.isOpen()).isFalse();
    }

    @Test
    void whatIsNotHttpIsHungUpOnAndCounted() {
        wire.write("\u0016\u0003\u0001 this is no request\r\n\r\n");

        assertThat(wire.isOpen()).isFalse();
        assertThat(relay.http().ended(HttpEnd.MISUSED)).isEqualTo(1);
    }

    @Test
    void whoAsksForNothingForHalfAMinuteIsHungUpOn() {
        wire.write("GET /derp HTTP/1.1\r\nHost: re");

        relay.pass(29, TimeUnit.SECONDS);
        assertThat(wire.isOpen()).isTrue();
        wire.write("lay\r\n");
        relay.pass(2, TimeUnit.SECONDS);

        assertThat(wire.isOpen()).isFalse();
        assertThat(relay.http().ended(HttpEnd.TOO_SLOW)).isEqualTo(1);
    }
}
