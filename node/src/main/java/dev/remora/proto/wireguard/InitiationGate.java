package dev.remora.proto.wireguard;

import java.util.Arrays;
import java.util.Optional;

/// Which of a peer's initiations to answer. Each carries a time stamp greater than the one before, so that nobody can
/// replay an old one (§5.1 of the paper); and however many come, only one in a while costs us the work of an answer.
final class InitiationGate {
    private byte[] lastStamp = new byte[Tai64n.LENGTH];
    private long acceptedAt = -Limits.INITIATION_SPACING;

    /// Why the initiation that carries this stamp is not to be answered, empty if it is.
    Optional<DropReason> refusal(byte[] stamp, long now) {
        if (Arrays.compareUnsigned(stamp, lastStamp) <= 0) {
            return Optional.of(DropReason.OLD_INITIATION);
        }
        return now - acceptedAt < Limits.INITIATION_SPACING
                ? Optional.of(DropReason.FREQUENT_INITIATION)
                : Optional.empty();
    }

    void accepted(byte[] stamp, long now) {
        lastStamp = stamp;
        acceptedAt = now;
    }

    /// The peer is to be met as if for the first time; its clock may stand anywhere.
    void forgetStamp() {
        lastStamp = new byte[Tai64n.LENGTH];
    }
}
