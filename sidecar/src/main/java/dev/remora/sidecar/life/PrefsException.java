package dev.remora.sidecar.life;

import java.io.IOException;

/// Preferences that make no sense together. The message is for people.
final class PrefsException extends IOException {
    private static final long serialVersionUID = 1L;

    PrefsException(String message) {
        super(message);
    }
}
