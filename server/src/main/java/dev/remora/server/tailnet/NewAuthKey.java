package dev.remora.server.tailnet;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// An auth key to be made.
///
/// @param user whose nodes it lets in; may be absent with tags
/// @param lifetime from now on; empty: for ever
/// @param preauthorized its devices need no approval, where devices do
/// @param takeOverName its newest node gets the plain name, from an older one that is away
public record NewAuthKey(
        OptionalLong user,
        Set<String> tags,
        boolean reusable,
        boolean ephemeral,
        Optional<Duration> lifetime,
        boolean preauthorized,
        boolean takeOverName,
        String description) {
    public NewAuthKey {
        tags = Set.copyOf(tags);
    }

    /// For one node of this user, within the hour.
    public static NewAuthKey forUser(long user) {
        return new NewAuthKey(
                OptionalLong.of(user),
                Set.of(),
                false,
                false,
                Optional.of(Duration.ofHours(1)),
                true,
                false,
                "");
    }
}
