package dev.remora.sidecar.boot;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Guesses which key of a configuration file somebody meant: the one of the variable that was written instead, or the one that fewest changes of a letter lead to.
final class NearestKey {
    /// What is longer was never meant to be one of ours.
    private static final int MAX_LENGTH = 80;

    private NearestKey() {}

    static Optional<String> to(String written) {
        if (written.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String word = written.toLowerCase(Locale.ROOT);
        Optional<Setting> variable =
                Arrays.stream(Setting.values())
                        .filter(each -> each.variable().equalsIgnoreCase(word))
                        .findFirst();
        return variable.or(() -> nearest(word)).map(Setting::key);
    }

    private static Optional<Setting> nearest(String word) {
        int furthest = Math.max(1, word.length() / 3);
        return Arrays.stream(Setting.values())
                .min(Comparator.comparingInt(each -> distance(word, each)))
                .filter(each -> distance(word, each) <= furthest);
    }

    /// A key of a group may be meant by its last word alone.
    private static int distance(String word, Setting setting) {
        String key = setting.key();
        String last = key.substring(key.indexOf('.') + 1);
        return Math.min(Spelling.errors(word, key), Spelling.errors(word, last));
    }
}
