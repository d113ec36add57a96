package dev.remora.io.control;

import dev.remora.crypto.LockKey;
import dev.remora.proto.control.AuthKey;
import java.util.Optional;

/// How to become a member of the tailnet.
///
/// @param authKey lets us in without a person; kept for when the server forgets us. Not needed by a node
///     that is known already
/// @param ephemeral the server should forget the node when it is away, and hears from us when we stop
/// @param newKey even a good key is replaced: a login by another user, or on demand
/// @param tailnet the tailnet to join, where the server has several
/// @param number told back in [ControlState.Connecting]: what comes after that is about this login, not about
///     an earlier one
/// @param lockKey the public half of the node's tailnet-lock key, if it has one, which should stay the same for its life
public record LoginOptions(
        Optional<AuthKey> authKey,
        boolean ephemeral,
        boolean newKey,
        Optional<String> tailnet,
        long number,
        Optional<LockKey> lockKey) {
    /// With the key we have; a person is asked where it does not do.
    public static final LoginOptions RESUME =
            new LoginOptions(Optional.empty(), false, false, Optional.empty(), 0, Optional.empty());

    LoginOptions withoutAuthKey() {
        return new LoginOptions(Optional.empty(), ephemeral, newKey, tailnet, number, lockKey);
    }

    public static LoginOptions withAuthKey(String authKey) {
        return new LoginOptions(
                Optional.of(new AuthKey(authKey)),
                false,
                false,
                Optional.empty(),
                0,
                Optional.empty());
    }
}
