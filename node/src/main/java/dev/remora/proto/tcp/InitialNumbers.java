package dev.remora.proto.tcp;

import dev.remora.base.IpAddress;
import dev.remora.crypto.SipHash;
import java.util.random.RandomGenerator;

/// Chooses initial sequence numbers (RFC 6528 §3) and timestamp offsets (RFC 7323 §5.4): a clock, shifted by a keyed hash of
/// who talks to whom. Strangers cannot guess them, yet those of one 4-tuple never run backwards.
public final class InitialNumbers {
    private static final long ISN_TICK = 4_000;

    private final SipHash hash;

    public InitialNumbers(RandomGenerator random) {
        hash = SipHash.random(random);
    }

    /// What a connection begins with.
    ///
    /// @param sequence its initial sequence number, ISS
    /// @param timestampOffset what its timestamp clock begins at
    public record Start(int sequence, int timestampOffset) {}

    public Start start(Flow flow, long now) {
        long ports = (long) flow.localPort() << 16 | flow.remotePort();
        long bySocket = hash(flow.local(), flow.remote(), ports);
        long byAddress = hash(flow.local(), flow.remote(), -1);
        return new Start((int) (bySocket + now / ISN_TICK), (int) byAddress);
    }

    private long hash(IpAddress local, IpAddress remote, long ports) {
        return hash.hash(local.high(), local.low(), remote.high(), remote.low(), ports);
    }
}
