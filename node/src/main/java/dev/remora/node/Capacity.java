package dev.remora.node;

import dev.remora.engine.netstack.NetStackConfig;

/// How much a node takes on. What comes on top is not answered, and asks again by itself.
///
/// @param bufferBytes what buffers of all streams may take together
/// @param connections streams that may be open at once; one peer may have three quarters of them
public record Capacity(long bufferBytes, int connections) {
    /// Where nobody says otherwise.
    public static final Capacity DEFAULT =
            new Capacity(64L << 20, NetStackConfig.Caps.DEFAULTS.connections());

    /// The default, but for the buffers.
    public static Capacity ofBuffers(long bytes) {
        return new Capacity(bytes, DEFAULT.connections);
    }

    NetStackConfig netstack() {
        NetStackConfig.Caps most = NetStackConfig.Caps.DEFAULTS;
        return NetStackConfig.withMemory(bufferBytes)
                .with(
                        new NetStackConfig.Caps(
                                Math.min(most.halfOpen(), connections),
                                Math.min(most.halfOpenPerPeer(), connections),
                                connections,
                                Math.min(most.connectionsPerPeer(), connections - connections / 4),
                                Math.min(most.timeWaits(), connections)));
    }
}
