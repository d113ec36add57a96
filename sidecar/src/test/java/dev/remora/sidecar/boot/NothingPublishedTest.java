package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NothingPublishedTest {
    private static final Instant START = Instant.EPOCH;
    private static final Listeners HERE =
            new Listeners(
                    List.of(
                            new InetSocketAddress(9002),
                            new InetSocketAddress("127.0.0.1", 5000),
                            new InetSocketAddress("127.0.0.11", 34365)));

    private final NothingPublished nothing = new NothingPublished(Set.of(9002), false);

    @Test
    void isSaidOnceWithThePortsThatCouldBe() {
        assertThat(nothing.look(true, HERE, START)).isEmpty();
        assertThat(nothing.look(true, HERE, START.plusSeconds(14))).isEmpty();

        assertThat(nothing.look(true, HERE, START.plusSeconds(15)).orElseThrow())
                .contains("No port is published", "port 5000.", "REMORA_SERVE", "REMORA_EXPOSE");
        assertThat(nothing.look(true, HERE, START.plusSeconds(60))).isEmpty();
    }

    @Test
    void aScriptThatPublishesInTimeIsLeftInPeace() {
        nothing.look(true, HERE, START);
        nothing.look(false, HERE, START.plusSeconds(10));

        assertThat(nothing.look(true, HERE, START.plusSeconds(20))).isEmpty();
    }

    @Test
    void whoExposesAllNeedsNoAdvice() {
        NothingPublished exposed = new NothingPublished(Set.of(), true);
        exposed.look(true, HERE, START);

        assertThat(exposed.look(true, HERE, START.plusSeconds(60))).isEmpty();
    }
}
