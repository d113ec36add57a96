package dev.remora.sidecar.boot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What `TS_EXTRA_ARGS` adds to `up`, with `--accept-dns` taken out of it: it takes the place of `TS_ACCEPT_DNS`.
///
/// @param rest the other words
record ExtraWords(List<String> rest, Optional<Boolean> acceptDns) {
    private static final String ACCEPT_DNS = "--accept-dns";

    static ExtraWords of(List<String> words) {
        List<String> rest = new ArrayList<>();
        Optional<Boolean> acceptDns = Optional.empty();
        for (String word : words) {
            Optional<Boolean> said = acceptDns(word);
            if (said.isPresent()) {
                acceptDns = said;
            } else {
                rest.add(word);
            }
        }
        return new ExtraWords(List.copyOf(rest), acceptDns);
    }

    private static Optional<Boolean> acceptDns(String word) {
        if (word.equals(ACCEPT_DNS)) {
            return Optional.of(true);
        }
        return word.startsWith(ACCEPT_DNS + "=")
                ? Environment.booleanOf(word.substring(ACCEPT_DNS.length() + 1))
                : Optional.empty();
    }

    /// The value of a flag among words for `up`, behind an equals sign or as the next word.
    static Optional<String> value(List<String> words, String flag) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i).replaceFirst("^--?", "");
            if (word.startsWith(flag + "=")) {
                return Optional.of(word.substring(flag.length() + 1));
            }
            if (word.equals(flag) && i + 1 < words.size()) {
                return Optional.of(words.get(i + 1));
            }
        }
        return Optional.empty();
    }

    /// Whether a flag is among the words.
    boolean names(String flag) {
        return rest.stream()
                .map(word -> word.replaceFirst("^--?", "").replaceFirst("=.*", ""))
                .anyMatch(flag::equals);
    }
}
