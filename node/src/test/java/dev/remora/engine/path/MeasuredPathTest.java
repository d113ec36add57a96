package dev.remora.engine.path;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeasuredPathTest {
    @ParameterizedTest
    @CsvSource({
        // address, ms, other address, ms, better
        "192.0.2.1:1, 10, 192.0.2.2:1, 20, true",
        "192.0.2.1:1, 20, 192.0.2.2:1, 10, false",
        "192.0.2.1:1, 10, 192.0.2.2:1, 10, false",
        // one per cent faster: one point, not worth the move
        "192.0.2.1:1, 99, 192.0.2.2:1, 100, false",
        "192.0.2.1:1, 98, 192.0.2.2:1, 100, true",
        // IPv6: 10 points
        "[2001:db8::1]:1, 10, 192.0.2.2:1, 10, true",
        "192.0.2.2:1, 10, [2001:db8::1]:1, 10, false",
        "192.0.2.2:1, 89, [2001:db8::1]:1, 100, true",
        "192.0.2.2:1, 90, [2001:db8::1]:1, 100, false",
        // private: 20, link-local: 30, loopback: 50
        "10.0.0.1:1, 10, 192.0.2.2:1, 10, true",
        "10.0.0.1:1, 100, 192.0.2.2:1, 81, true",
        "10.0.0.1:1, 100, 192.0.2.2:1, 80, false",
        "[fd00::1]:1, 100, 192.0.2.2:1, 71, true",
        "169.254.1.1:1, 10, 10.0.0.1:1, 10, true",
        "127.0.0.1:1, 10, 169.254.1.1:1, 10, true",
        "100.64.0.1:1, 10, 192.0.2.2:1, 10, false",
        // the other family's bonus does not help against half the latency
        "192.0.2.2:1, 10, [2001:db8::1]:1, 20, true"
    })
    void comparesByLatencyAndKindOfAddress(
            String a, long aMillis, String b, long bMillis, boolean better)
            throws MalformedException {
        assertThat(path(a, aMillis).betterThan(path(b, bMillis))).isEqualTo(better);
    }

    @Test
    void isBetterThanItselfOnlyWithLargerPackets() throws MalformedException {
        MeasuredPath path = path("192.0.2.1:1", 10);
        MeasuredPath larger = new MeasuredPath(path.to(), path.latency(), 1400);

        assertThat(larger.betterThan(path)).isTrue();
        assertThat(path.betterThan(larger)).isFalse();
        assertThat(path.betterThan(path.withLatency(1_000_000_000))).isFalse();
    }

    @Test
    void endsNoComparisonInADivisionByZero() throws MalformedException {
        assertThat(path("192.0.2.1:1", 0).betterThan(path("192.0.2.2:1", 0))).isFalse();
        assertThat(path("192.0.2.1:1", 0).betterThan(path("192.0.2.2:1", 1))).isTrue();
    }

    private static MeasuredPath path(String address, long millis) throws MalformedException {
        return new MeasuredPath(
                IpPort.parse(address), MILLISECONDS.toNanos(millis), MeasuredPath.DEFAULT_MTU);
    }
}
