package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.life.Situation;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TagsOfTheKeyTest {
    private static Situation situation(String code, String... tags) {
        return new Situation(
                "", code, "", false, Optional.empty(), false, false, false, List.of(tags));
    }

    @Test
    void triesOnceForEachKey() {
        TagsOfTheKey tags = new TagsOfTheKey("tag:a");

        assertThat(tags.mayComeFromTheKey(situation("auth-key-used"), "k")).isFalse();
        assertThat(tags.mayComeFromTheKey(situation("tags-refused"), "k")).isTrue();
        assertThat(tags.mayComeFromTheKey(situation("tags-refused"), "k")).isFalse();
        assertThat(tags.mayComeFromTheKey(situation("tags-refused"), "other")).isTrue();
    }

    @Test
    void doesNotTryWhereNothingWasAskedForHere() {
        assertThat(new TagsOfTheKey("").mayComeFromTheKey(situation("tags-refused"), "k"))
                .isFalse();
    }

    @Test
    void missesWhatDidNotCome() {
        TagsOfTheKey tags = new TagsOfTheKey("tag:a,b");

        assertThat(tags.missing(situation("running", "tag:a", "tag:b", "tag:c"))).isEmpty();
        assertThat(tags.missing(situation("running", "tag:a"))).containsExactly("tag:b");
        assertThat(tags.missing(situation("running"))).containsExactly("tag:a", "tag:b");
    }
}
