package dev.remora.lab.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// An auth key to be made by [ControlServer#authKey(AuthKeyRequest)]: one use, one day, unless said otherwise.
public record AuthKeyRequest(
        String user, boolean reusable, boolean ephemeral, List<String> tags, Duration validity) {
    public static AuthKeyRequest forUser(String user) {
        return new AuthKeyRequest(user, false, false, List.of(), Duration.ofDays(1));
    }

    public AuthKeyRequest reusableKey() {
        return new AuthKeyRequest(user, true, ephemeral, tags, validity);
    }

    public AuthKeyRequest forEphemeralNodes() {
        return new AuthKeyRequest(user, reusable, true, tags, validity);
    }

    /// @param tags each with its `tag:` in front
    public AuthKeyRequest tagged(String... tags) {
        return new AuthKeyRequest(user, reusable, ephemeral, List.of(tags), validity);
    }

    public AuthKeyRequest validFor(Duration span) {
        return new AuthKeyRequest(user, reusable, ephemeral, tags, span);
    }

    List<String> flags() {
        List<String> flags = new ArrayList<>(List.of("--expiration", validity.toSeconds() + "s"));
        if (reusable) {
            flags.add("--reusable");
        }
        if (ephemeral) {
            flags.add("--ephemeral");
        }
        if (!tags.isEmpty()) {
            flags.addAll(List.of("--tags", String.join(",", tags)));
        }
        return flags;
    }
}
