package dev.remora.sidecar.boot;

import java.util.List;

/// The environment asks for what makes no sense. Each reason is a sentence of its own.
final class InvalidSettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> reasons;

    InvalidSettingsException(List<String> reasons) {
        super(String.join("\n", reasons));
        this.reasons = List.copyOf(reasons);
    }

    List<String> reasons() {
        return reasons;
    }
}
