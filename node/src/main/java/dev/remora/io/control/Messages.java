package dev.remora.io.control;

import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.AuthKey;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.RegisterAuth;
import dev.remora.proto.control.RegisterRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Makes requests of what we know about ourselves.
final class Messages {
    /// What tailscaled sends to log out; any moment in the past would do.
    private static final Instant LONG_AGO = Instant.parse("1970-01-01T00:02:03Z");

    private final int version;

    Messages(int version) {
        this.version = version;
    }

    RegisterRequest register(
            NodeKey key, NodeKey old, LoginOptions options, SelfReport self, String followUp) {
        return register(key, old, options, self, followUp.isEmpty() ? null : followUp, null);
    }

    RegisterRequest logout(NodeKey key, NodeKey old, LoginOptions options, SelfReport self) {
        return register(key, old, options, self, null, LONG_AGO);
    }

    private RegisterRequest register(
            NodeKey key,
            NodeKey old,
            LoginOptions options,
            SelfReport self,
            @Nullable String followUp,
            @Nullable Instant expiry) {
        return new RegisterRequest(
                version,
                key,
                old,
                options.lockKey().orElse(null),
                options.authKey()
                        .filter(auth -> !auth.isBlank())
                        .map(AuthKey::unwrapped)
                        .map(RegisterAuth::new)
                        .orElse(null),
                expiry,
                followUp,
                self.completeHostInfo(),
                options.ephemeral() ? true : null,
                null,
                options.tailnet().orElse(null));
    }

    /// Opens the map stream.
    MapRequest stream(NodeKey key, SelfReport self) {
        return map(key, self, true);
    }

    /// Tells the server about us and wants nothing back.
    MapRequest update(NodeKey key, SelfReport self) {
        return map(key, self, false);
    }

    /// Everything is in every request: some servers store what each one says, and would take absence for a
    /// change.
    private MapRequest map(NodeKey key, SelfReport self, boolean stream) {
        return new MapRequest(
                version,
                "zstd",
                true,
                key,
                self.discoKey(),
                stream,
                self.completeHostInfo(),
                self.endpoints().stream().map(SelfReport.ReportedEndpoint::address).toList(),
                self.endpoints().stream().map(e -> (long) e.type().code()).toList(),
                null,
                !stream,
                null,
                false);
    }
}
