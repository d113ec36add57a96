package dev.remora.io.control;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How things stand between us and the control server. None of these touches the data plane: with the last
/// map we got, peers stay reachable whatever happens here.
public sealed interface ControlState {
    /// Nobody asked to be connected.
    record Stopped() implements ControlState {}

    /// On the way: no answer yet.
    ///
    /// @param login the number of the login that this try is for, of [LoginOptions]
    record Connecting(long login) implements ControlState {}

    /// A person has to do something.
    ///
    /// @param url where to go, once the server has said so
    record NeedsLogin(Why why, Optional<String> url) implements ControlState {
        /// What made a login necessary.
        public enum Why {
            /// This node has never been a member.
            NEW,
            /// Its key has ended.
            KEY_EXPIRED,
            /// Somebody deleted it on the server.
            NODE_GONE,
            /// We logged out ourselves.
            LOGGED_OUT
        }
    }

    /// Registered; an administrator must admit the device.
    record AwaitingApproval() implements ControlState {}

    /// All is well.
    ///
    /// @param clockSkew how far the server's clock is ahead of ours, where that is a minute or more
    record Connected(Optional<Duration> clockSkew) implements ControlState {}

    /// It does not work at the moment.
    ///
    /// @param sentence for people: what is wrong and what to do
    /// @param nextTryAt empty: there is no use in trying before the next login
    record Failed(Reason reason, String sentence, Optional<Instant> nextTryAt)
            implements ControlState {}
}
