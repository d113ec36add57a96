package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.engine.netstack.Drop;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    private final Refusals refusals = new Refusals(658, Map::of);

    @Test
    void nothingIsSaidWhileNobodyIsRefused() {
        assertThat(refusals.sentence(Map.of(Drop.CLOSED_PORT, 7L), 0)).isEmpty();
    }

    @Test
    void theFirstIsSaidAtOnceAndTheRestOnceAMinute() {
        assertThat(refusals.sentence(Map.of(Drop.CONNECTION_LIMIT, 3L), -5))
                .hasValueSatisfying(said ->
                        assertThat(said)
                                .startsWith("3 attempts of peers to connect got no answer")
                                .contains("(658 for all)")
                                .endsWith("3 since the start"));
        Map<Drop, Long> later = Map.of(Drop.CONNECTION_LIMIT, 10L);
        assertThat(refusals.sentence(later, Refusals.TELL_EVERY - 6)).isEmpty();
        assertThat(refusals.sentence(later, Refusals.TELL_EVERY - 5))
                .hasValueSatisfying(
                        said -> assertThat(said).startsWith("7 ").endsWith("10 since the start"));
        assertThat(refusals.sentence(later, 9 * Refusals.TELL_EVERY)).isEmpty();
    }

    @Test
    void wantOfMemoryIsNamed() {
        assertThat(refusals.sentence(Map.of(Drop.MEMORY, 1L), 0))
                .hasValueSatisfying(said ->
                        assertThat(said)
                                .contains("take all memory that is meant for them")
                                .doesNotContain("as many connections"));
        assertThat(
                        refusals.sentence(
                                Map.of(Drop.MEMORY, 2L, Drop.CONNECTION_LIMIT, 1L),
                                Refusals.TELL_EVERY))
                .hasValueSatisfying(
                        said -> assertThat(said).contains("658 for all", "take all memory"));
    }
}
