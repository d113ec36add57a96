package dev.remora.server.model;

import dev.remora.base.Bytes32;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/// What the server keeps of an auth key: all but its secret.
///
/// @param lookup the part of the key by which it is found, no secret
/// @param digest SHA-256 of the secret
/// @param user whose nodes it lets in; with tags, who made it
/// @param tags what its nodes are tagged with, if anything
/// @param reusable lets in more than one node
/// @param preauthorized its devices need no approval
/// @param takeOverName its newest node gets the plain name, from an older one that is away
/// @param used when it let a node in the last time
public record PreAuthKey(
        long id,
        String lookup,
        Bytes32 digest,
        OptionalLong user,
        SortedSet<String> tags,
        boolean reusable,
        boolean ephemeral,
        boolean preauthorized,
        boolean takeOverName,
        String description,
        Instant created,
        Optional<Instant> expiry,
        Optional<Instant> used,
        Optional<Instant> revoked) {
    public PreAuthKey {
        tags = Collections.unmodifiableSortedSet(new TreeSet<>(tags));
        if (tags.isEmpty() && user.isEmpty()) {
            throw new IllegalArgumentException("an auth key has a user or tags");
        }
    }

    /// Whose its nodes are.
    public Owner owner() {
        return tags.isEmpty() ? new Owner.Person(user.orElseThrow()) : new Owner.Tagged(tags);
    }

    public boolean expired(Instant now) {
        return expiry.isPresent() && !expiry.get().isAfter(now);
    }

    public PreAuthKey withUsed(Instant at) {
        return with(expiry, Optional.of(at), revoked);
    }

    public PreAuthKey withExpiry(Instant at) {
        return with(Optional.of(at), used, revoked);
    }

    public PreAuthKey withRevoked(Instant at) {
        return with(expiry, used, Optional.of(at));
    }

    private PreAuthKey with(
            Optional<Instant> nextExpiry,
            Optional<Instant> nextUsed,
            Optional<Instant> nextRevoked) {
        return new PreAuthKey(
                id,
                lookup,
                digest,
                user,
                tags,
                reusable,
                ephemeral,
                preauthorized,
                takeOverName,
                description,
                created,
                nextExpiry,
                nextUsed,
                nextRevoked);
    }
}
