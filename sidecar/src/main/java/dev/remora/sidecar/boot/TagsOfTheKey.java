package dev.remora.sidecar.boot;

import dev.remora.sidecar.life.Situation;
import java.util.List;
import java.util.Optional;

/// Headscale refuses a node that asks for tags and has an auth key, since there the key says what tags a node gets. So what `TS_TAGS` asks for may come with the key; whether it does shows only when
/// the node is in.
final class TagsOfTheKey {
    private final List<String> wanted;
    private Optional<String> tried = Optional.empty();

    /// @param wanted with commas between them
    TagsOfTheKey(String wanted) {
        this.wanted = wanted.isEmpty() ? List.of() : List.of(wanted.split(","));
    }

    /// Whether another try without asking is worth it; once for each key.
    boolean mayComeFromTheKey(Situation situation, String key) {
        boolean may =
                situation.code().equals("tags-refused")
                        && !wanted.isEmpty()
                        && !tried.equals(Optional.of(key));
        if (may) {
            tried = Optional.of(key);
        }
        return may;
    }

    /// What was wanted and did not come; the tag's kind may be left out, as on the command line.
    List<String> missing(Situation situation) {
        return wanted.stream()
                .map(tag -> tag.contains(":") ? tag : "tag:" + tag)
                .filter(tag -> !situation.tags().contains(tag))
                .toList();
    }
}
