package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.apps.TcpClient;
import dev.remora.lab.apps.TcpServer;
import dev.remora.lab.apps.TcpServer.Behaviour;
import dev.remora.lab.net.Host;
import dev.remora.lab.net.LinkShape;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A long cable delays, limits and loses, and never damages.
@Tag("host")
@ExtendWith(LabExtension.class)
class LossyLinkTest {
    private static final LinkShape SHAPE =
            new LinkShape(Duration.ofMillis(30), 80_000_000, 250_000);
    private static final long BYTES = 10_000_000;

    private static Host near;
    private static Host far;

    @BeforeAll
    static void start(Lab lab) {
        near = lab.host("near");
        far = lab.host("far");
    }

    @Test
    void delayAndRateAreAtLeastWhatTheShapeSays() {
        far.distance(SHAPE);
        String ping = near.run("ping", "-c3", "-i0.2", far.ip4()).orThrow().stdout();
        double fastest = Double.parseDouble(ping.replaceAll("(?s).*= ([0-9.]+)/.*", "$1"));
        assertThat(fastest).isGreaterThanOrEqualTo(60);
        TcpClient.Outcome outcome = fetch();
        assertThat(outcome.counts()).isEmpty();
        assertThat(outcome.took()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void whatIsLostIsSentAgain() {
        far.distance(SHAPE.withLoss(0.3));
        assertThat(lostOf(60)).isBetween(10, 55);
        far.distance(SHAPE.withLoss(0.01));
        assertThat(fetch().counts()).isEmpty();
    }

    private static TcpClient.Outcome fetch() {
        try (TcpServer server = TcpServer.start(far, far.ip4(), 7100, Behaviour.SOURCE, BYTES)) {
            assertThat(server.process().isAlive()).isTrue();
            return new TcpClient(near).get(far.ip4(), 7100, BYTES);
        }
    }

    private static int lostOf(int count) {
        List<String> command = List.of("ping", "-c" + count, "-i0.01", "-W1", far.ip4());
        String out = near.run(command, Duration.ofSeconds(30)).stdout();
        return count - Integer.parseInt(out.replaceAll("(?s).* (\\d+) received.*", "$1"));
    }
}
