package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AtRestTest {
    /// The fields as proc(5) numbers them: majflt is the 12th, utime the 14th, stime the 15th.
    @Test
    void workIsCountedBehindANameThatMayBeAnything() {
        String stat = "7 (a) b (c 1 2) S 1 7 7 0 -1 4194560 100 0 3 0 250 40 0 0 20 0 19 0 99";

        assertThat(AtRest.Work.of(stat)).isEqualTo(new AtRest.Work(290, 3));
    }
}
