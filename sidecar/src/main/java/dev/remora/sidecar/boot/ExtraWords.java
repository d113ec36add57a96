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
            switch (word) {
                case ACCEPT_DNS, ACCEPT_DNS + "=true" -> acceptDns = Optional.of(true);
                case ACCEPT_DNS + "=false" -> acceptDns = Optional.of(false);
                default -> rest.add(word);
            }
        }
        return new ExtraWords(List.copyOf(rest), acceptDns);
    }

    /// Whether a flag is among the words.
    boolean names(String flag) {
        return rest.stream()
                .map(word -> word.replaceFirst("^--?", "").replaceFirst("=.*", ""))
                .anyMatch(flag::equals);
    }
}
