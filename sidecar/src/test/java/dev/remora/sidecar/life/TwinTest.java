package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TwinTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final IpPort LOCAL = address("10.0.0.5:41641");
    private static final IpPort STUN = address("192.0.2.1:3000");
    private static final IpPort THEIRS = address("10.0.9.9:41641");

    private final Twin twin = new Twin();

    private static IpPort address(String text) {
        try {
            return IpPort.parse(text);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Optional<String> listedAfter(long seconds, IpPort... listed) {
        return twin.look(List.of(LOCAL, STUN), List.of(listed), START.plusSeconds(seconds));
    }

    @Test
    void isSomebodyWhoHasToldTheServerOtherAddressesThanOurs() {
        assertThat(listedAfter(0, LOCAL, STUN)).isEmpty();

        assertThat(listedAfter(5, LOCAL, THEIRS)).get().asString().contains(THEIRS.toString());
    }

    @Test
    void isNotTheProcessBeforeThisOne() {
        assertThat(listedAfter(0, THEIRS)).isEmpty();
        assertThat(listedAfter(1, LOCAL)).isEmpty();
    }

    @Test
    void isNotOurselvesWithAnAddressThatWeHadBefore() {
        IpPort before = address("198.51.100.7:9");
        assertThat(twin.look(List.of(before), List.of(before), START)).isEmpty();

        assertThat(listedAfter(1, before)).isEmpty();
    }

    @Test
    void isGoneWhenItSaysNothingAnyMore() {
        listedAfter(0, LOCAL);
        listedAfter(10, THEIRS);
        assertThat(listedAfter(60, LOCAL)).isPresent();
        assertThat(listedAfter(70, THEIRS)).isPresent();

        assertThat(listedAfter(219, LOCAL)).isPresent();
        assertThat(listedAfter(220, LOCAL)).isEmpty();
    }

    @Test
    void isNotSeenWhileTheServerTellsNothing() {
        listedAfter(0, LOCAL);

        assertThat(listedAfter(1)).isEmpty();
    }
}
