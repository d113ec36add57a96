package dev.remora.engine.netstack;

import dev.remora.proto.ip.Mtu;
import dev.remora.proto.tcp.TcpConfig;

/// The settings of a stack.
///
/// @param tcp settings of its connections; the MTU there is the stack's
/// @param memory the most bytes that buffers of all connections may take together
public record NetStackConfig(TcpConfig tcp, long memory, Caps caps) {
    private static final int MIB = 1024 * 1024;

    /// How many there may be at once.
    ///
    /// @param halfOpen requests and handshakes
    /// @param halfOpenPerPeer the same from one peer
    /// @param connections connections, handshakes included
    /// @param connectionsPerPeer connections that one peer has opened
    /// @param timeWaits records of closed connections
    public record Caps(
            int halfOpen,
            int halfOpenPerPeer,
            int connections,
            int connectionsPerPeer,
            int timeWaits) {
        public static final Caps DEFAULTS = new Caps(4_096, 512, 65_536, 16_384, 32_768);
    }

    public static NetStackConfig defaults() {
        return withMemory(64L * MIB);
    }

    /// The defaults with another memory budget; no connection's window may grow beyond a quarter of it.
    public static NetStackConfig withMemory(long memory) {
        int most = Math.clamp(memory / 4, 64 * 1024, 8 * MIB);
        TcpConfig.Buffers buffers = new TcpConfig.Buffers(64 * 1024, most, most);
        TcpConfig tcp =
                TcpConfig.defaults()
                        .withMtu(Mtu.TUNNEL)
                        .with(buffers)
                        .with(TcpConfig.KeepAlive.SERVED);
        return new NetStackConfig(tcp, memory, Caps.DEFAULTS);
    }

    public NetStackConfig with(Caps other) {
        return new NetStackConfig(tcp, memory, other);
    }

    public NetStackConfig with(TcpConfig other) {
        return new NetStackConfig(other, memory, caps);
    }
}
