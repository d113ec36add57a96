package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AtRestTest {
    /// The fields as proc(5) numbers them: majflt is the 12th, utime the 14th, stime the 15th.
    @Test
    void workIsCountedBehindANameThatMayBeAnything() {
        String stat = "7 (a) b (c 1 2) S 1 7 7 0 -1 4194560 100 0 3 0 250 40 0 0 20 0 19 0 99";

        assertThat(AtRest.Work.of(stat)).isEqualTo(new AtRest.Work(290, 3));
    }

    @Test
    void memoryIsGivenBackAtTheFirstRestAfterWorkAndThenEveryFiveSeconds() throws IOException {
        assertThat(savedAt(90, 180, 181, 182, 183, 240, 241)).containsExactly(2, 6);
        assertThat(savedAt(90, 91, 92, 93, 94, 95, 96, 97)).containsExactly(1, 6);
    }

    @Test
    void nothingIsGivenBackWhilePagesAreReadFromDisk() throws IOException {
        List<Long> saved = new ArrayList<>();
        AtRest rest = new AtRest(Duration.ofSeconds(1), () -> saved.add(1L));
        for (long read = 1; read < 20; read++) {
            rest.look(new AtRest.Work(90, read));
        }

        assertThat(saved).isEmpty();
    }

    /// At which looks, one a second, with so many ticks of work until then.
    private static List<Integer> savedAt(int... ticks) throws IOException {
        List<Integer> saved = new ArrayList<>();
        AtomicInteger look = new AtomicInteger();
        AtRest rest = new AtRest(Duration.ofSeconds(1), () -> saved.add(look.get()));
        for (int done : ticks) {
            rest.look(new AtRest.Work(done, 0));
            look.incrementAndGet();
        }
        return saved;
    }
}
