package dev.remora.node;

import dev.remora.crypto.Aead;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import dev.remora.io.state.CacheFile;
import dev.remora.proto.control.HostInfo;
import java.util.Optional;

/// What a node is started with.
///
/// @param udpPort the port for WireGuard, 0 for any
/// @param capacity how much it takes on
/// @param machineKey who this installation is
/// @param trust whom TLS connections believe
/// @param proxies who stands between us and control servers and relays
/// @param portable use the JDK's own I/O only, even where there is better
/// @param hostInfo what control is told about this machine
/// @param cache where to keep what makes the next start quicker; empty: nowhere
public record NodeSettings(
        int udpPort,
        Capacity capacity,
        MachinePrivateKey machineKey,
        TlsTrust trust,
        HttpProxies proxies,
        Aead aead,
        boolean portable,
        HostInfo hostInfo,
        Optional<CacheFile> cache) {
    /// What to call the cache beside a state file.
    public static final String CACHE_NAME = "remora.cache";
}
