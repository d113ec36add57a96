package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtRestTest {
    /// The fields as proc(5) numbers them: majflt is the 12th, utime the 14th, stime the 15th.
    @Test
    void workIsCountedBehindANameThatMayBeAnything() {
        String stat = "7 (a) b (c 1 2) S 1 7 7 0 -1 4194560 100 0 3 0 250 40 0 0 20 0 19 0 99";

        assertThat(AtRest.Work.of(stat)).isEqualTo(new AtRest.Work(290, 3));
    }

    @Test
    void aYoungOneGivesBackWhenItsWorkIsOverAndThenNowAndThen() throws IOException {
        assertThat(savedAt(Duration.ofMinutes(1), 90, 180, 181, 182, 183, 240, 241, 242))
                .containsExactly(2, 6);
        int[] rest = new int[12];
        Arrays.fill(rest, 91);
        rest[0] = 90;
        assertThat(savedAt(Duration.ofMinutes(1), rest)).containsExactly(1, 5, 9);
    }

    @Test
    void anOldOneGivesBackAtEachLookThatFindsRest() throws IOException {
        assertThat(savedAt(Duration.ZERO, 90, 91, 92, 103, 104, 200, 201)).containsExactly(2, 4, 6);
    }

    @Test
    void itLooksOftenWhileItIsYoung() throws IOException {
        AtRest rest = new AtRest(Duration.ofSeconds(1));

        assertThat(rest.look(new AtRest.Work(0, 0))).isEqualTo(Duration.ofMillis(500));
        assertThat(rest.look(new AtRest.Work(0, 0))).isEqualTo(Duration.ofMillis(500));
        assertThat(rest.look(new AtRest.Work(0, 0))).isEqualTo(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 60})
    void nothingIsGivenBackWhilePagesAreReadFromDisk(long young) throws IOException {
        List<Long> saved = new ArrayList<>();
        AtRest rest = new AtRest(Duration.ofSeconds(young), () -> saved.add(1L));
        for (long read = 1; read < 20; read++) {
            rest.look(new AtRest.Work(90, read));
        }

        assertThat(saved).isEmpty();
    }

    /// At which looks, with so many ticks of work until then.
    private static List<Integer> savedAt(Duration young, int... ticks) throws IOException {
        List<Integer> saved = new ArrayList<>();
        AtomicInteger look = new AtomicInteger();
        AtRest rest = new AtRest(young, () -> saved.add(look.get()));
        for (int done : ticks) {
            rest.look(new AtRest.Work(done, 0));
            look.incrementAndGet();
        }
        return saved;
    }
}
