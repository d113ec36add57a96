package dev.remora.server.model;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// How a node came in and how long it stays.
///
/// @param ephemeral forgotten when it has been away for a while
/// @param authorized an administrator has admitted the device, or nobody needs to
/// @param authKey the key it came with, as long as that is kept
/// @param expiry when its node key ends; empty: never
/// @param lastSeen when it was last connected
public record Membership(
        boolean ephemeral,
        boolean authorized,
        RegisterMethod method,
        OptionalLong authKey,
        Instant created,
        Optional<Instant> expiry,
        Instant lastSeen) {
    /// Whether the node key has ended.
    public boolean expired(Instant now) {
        return expiry.isPresent() && !expiry.get().isAfter(now);
    }

    public Membership withExpiry(Optional<Instant> next) {
        return new Membership(ephemeral, authorized, method, authKey, created, next, lastSeen);
    }

    public Membership withLastSeen(Instant next) {
        return new Membership(ephemeral, authorized, method, authKey, created, expiry, next);
    }

    public Membership withAuthorized(boolean next) {
        return new Membership(ephemeral, next, method, authKey, created, expiry, lastSeen);
    }

    /// The same after it came in once more.
    public Membership renewed(
            boolean nextEphemeral,
            boolean nextAuthorized,
            RegisterMethod nextMethod,
            OptionalLong nextAuthKey) {
        return new Membership(
                nextEphemeral, nextAuthorized, nextMethod, nextAuthKey, created, expiry, lastSeen);
    }

    /// The same after the key that it came with is gone.
    public Membership withoutAuthKey() {
        return renewed(ephemeral, authorized, method, OptionalLong.empty());
    }
}
