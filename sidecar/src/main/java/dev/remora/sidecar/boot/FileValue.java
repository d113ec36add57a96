package dev.remora.sidecar.boot;

import java.util.Optional;

/// What a configuration file says about one setting.
///
/// @param text in the form that the setting's variable has
/// @param place where it stands
record FileValue(String text, Place place) {
    /// Where in a file; lines and columns count from 1, and a line of 0 means the file as a whole.
    record Place(String file, int line, int column) {
        Problem problem(String sentence) {
            return new Problem(this, sentence);
        }

        @Override
        public String toString() {
            return line == 0 ? file : file + ":" + line + ":" + column;
        }
    }

    /// Something wrong, and where.
    record Problem(Place place, String sentence) {
        @Override
        public String toString() {
            return place + ": " + sentence;
        }
    }

    /// Values may be secret.
    @Override
    public String toString() {
        return "value at " + place;
    }

    /// The path behind `file:`, if the value stands in a file of its own.
    Optional<String> path() {
        return text.startsWith("file:")
                ? Optional.of(text.substring("file:".length()))
                : Optional.empty();
    }
}
