package dev.remora.node;

import dev.remora.base.IpAddress;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netstack.TcpListener;
import dev.remora.proto.control.ServiceInfo;
import io.netty.channel.ChannelInitializer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.zip.CRC32;

/// The small HTTP server that every node has for its peers, on a port of each of its addresses. Whether a connection comes in is not the packet
/// filter's business but decided here: from a peer of the tailnet, else it is refused. Used on the loop.
final class PeerApi implements PortHandler {
    /// The first choice depends on the address alone, so that a port is the same after each start.
    private static final int TRIES = 5;

    private static final int FIRST_PORT = 0x8000;

    private final StreamFactory streams;
    private final Supplier<Optional<NetMap>> netMap;
    private final Map<IpAddress, TcpListener> listeners = new HashMap<>();

    PeerApi(StreamFactory streams, Supplier<Optional<NetMap>> netMap) {
        this.streams = streams;
        this.netMap = netMap;
    }

    /// Listens on these addresses and no others.
    ///
    /// @return whether anything changed by that
    boolean listenOn(Set<IpAddress> own, long now) {
        if (listeners.keySet().equals(own)) {
            return false;
        }
        listeners
                .entrySet()
                .removeIf(old -> {
                    boolean gone = !own.contains(old.getKey());
                    if (gone) {
                        old.getValue().close(now);
                    }
                    return gone;
                });
        for (IpAddress ip : own) {
            if (!listeners.containsKey(ip)) {
                listen(ip).ifPresent(listener -> listeners.put(ip, listener));
            }
        }
        return true;
    }

    private Optional<TcpListener> listen(IpAddress ip) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            Optional<TcpListener> listener = listen(ip, port(ip, attempt));
            if (listener.isPresent()) {
                return listener;
            }
        }
        for (int port = FIRST_PORT; port <= 0xffff; port++) {
            Optional<TcpListener> listener = listen(ip, port);
            if (listener.isPresent()) {
                return listener;
            }
        }
        return Optional.empty();
    }

    private Optional<TcpListener> listen(IpAddress ip, int port) {
        return streams.listen(Optional.of(ip), port, this);
    }

    /// The port to try: a checksum of the address's last three bytes, of which the first counts the attempts.
    static int port(IpAddress ip, int attempt) {
        byte[] bytes = ip.toBytes();
        CRC32 sum = new CRC32();
        sum.update(bytes[bytes.length - 3] + attempt);
        sum.update(bytes, bytes.length - 2, 2);
        return (int) sum.getValue() & 0xffff | FIRST_PORT;
    }

    /// Our port at the addresses of a family; 0 for none.
    int port(boolean v4) {
        return listeners.entrySet().stream()
                .filter(entry -> entry.getKey().v4() == v4)
                .mapToInt(entry -> entry.getValue().port())
                .findFirst()
                .orElse(0);
    }

    /// What control is to tell peers of it.
    List<ServiceInfo> services() {
        List<ServiceInfo> services = new ArrayList<>();
        if (port(true) != 0) {
            services.add(new ServiceInfo("peerapi4", port(true), null));
        }
        if (port(false) != 0) {
            services.add(new ServiceInfo("peerapi6", port(false), null));
        }
        return services;
    }

    @Override
    public void onStream(IncomingStream stream) {
        Optional<PeerApiHandler> handler =
                netMap.get().flatMap(map -> PeerApiHandler.of(map, stream));
        if (handler.isEmpty()) {
            stream.refuse();
            return;
        }
        stream.accept(
                new ChannelInitializer<StreamChannel>() {
                    @Override
                    protected void initChannel(StreamChannel channel) {
                        PeerApiHandler.addTo(channel.pipeline(), handler.get());
                    }
                });
    }
}
