package dev.remora.sidecar.life;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.PingResult;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import dev.remora.node.PingKind;
import dev.remora.sidecar.localapi.ApiRequest;
import dev.remora.sidecar.localapi.ApiResponse;
import dev.remora.sidecar.localapi.NodeJson;
import dev.remora.sidecar.localapi.PingJson;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Questions about other nodes: who they are, and whether they answer.
final class PeerApi {
    /// Longer than any command waits. What comes after is for nobody.
    private static final Duration PING_PATIENCE = Duration.ofSeconds(30);

    /// What the reference allows: a datagram less the headers of IPv6, UDP and a ping.
    private static final long MAX_PING_SIZE = 65_467;

    private final Backend backend;

    PeerApi(Backend backend) {
        this.backend = backend;
    }

    ApiResponse whoIs(ApiRequest request) throws IOException, MalformedException {
        String addr = request.parameter("addr").orElse("");
        if (addr.isEmpty()) {
            return ApiResponse.text(400, "missing 'addr' parameter");
        }
        Optional<NetMap> map = backend.netMap();
        Optional<Node> found;
        if (addr.startsWith("nodekey:")) {
            try {
                NodeKey key = NodeKey.parse(addr);
                found =
                        map.flatMap(m ->
                                m.self().key().equals(key) ? Optional.of(m.self()) : m.peer(key));
            } catch (MalformedException e) {
                return ApiResponse.text(400, "invalid nodekey in 'addr' parameter");
            }
        } else {
            try {
                IpAddress ip = address(addr);
                found = map.flatMap(m -> m.owner(ip));
            } catch (MalformedException e) {
                return ApiResponse.text(400, "invalid 'addr' parameter");
            }
        }
        return found.isEmpty()
                ? ApiResponse.text(404, "no match for IP:port")
                : ApiResponse.prettyJson(
                        NodeJson.whoIs(map.get(), found.get(), grants(found.get())));
    }

    private static IpAddress address(String text) throws MalformedException {
        try {
            return IpAddress.parse(text);
        } catch (MalformedException e) {
            return IpPort.parse(text).ip();
        }
    }

    private Map<String, List<Object>> grants(Node peer) {
        return peer.addresses().isEmpty()
                ? Map.of()
                : backend.node().grantsOf(peer.addresses().getFirst().ip());
    }

    ApiResponse ping(ApiRequest request) throws IOException, MalformedException {
        if (!request.method().equals("POST")) {
            return ApiResponse.text(400, "want POST");
        }
        String ip = request.parameter("ip").orElse("");
        String type = request.parameter("type").orElse("");
        if (ip.isEmpty()) {
            return ApiResponse.text(400, "missing 'ip' parameter");
        }
        IpAddress to;
        try {
            to = IpAddress.parse(ip);
        } catch (MalformedException e) {
            return ApiResponse.text(400, "invalid IP");
        }
        if (type.isEmpty()) {
            return ApiResponse.text(400, "missing 'type' parameter");
        }
        long size;
        try {
            size = Long.parseLong(request.parameter("size").orElse("0"));
        } catch (NumberFormatException e) {
            return ApiResponse.text(400, "invalid 'size' parameter");
        }
        if (size != 0 && !type.equals("disco")) {
            return ApiResponse.text(400, "'size' parameter is only supported with disco pings");
        }
        if (size > MAX_PING_SIZE) {
            return ApiResponse.text(400, "maximum value for 'size' is " + MAX_PING_SIZE);
        }
        return ping(to, type, (int) Math.max(size, 0));
    }

    private ApiResponse ping(IpAddress to, String type, int size)
            throws IOException, MalformedException {
        return switch (type) {
            case "disco" -> ping(to, PingKind.DISCO, size);
            case "TSMP" -> ping(to, PingKind.TSMP, size);
            case "ICMP" -> ping(to, PingKind.ICMP, size);
            case "peerapi" -> pingPeerApi(to);
            default -> ApiResponse.text(400, "unknown ping type \"" + type + "\"");
        };
    }

    private ApiResponse ping(IpAddress to, PingKind kind, int size)
            throws IOException, MalformedException {
        Optional<NetMap> map = backend.netMap();
        Optional<Node> peer = map.flatMap(m -> m.owner(to));
        if (peer.isEmpty()) {
            return ApiResponse.json(200, PingJson.failed(to, "no matching peer"));
        }
        if (peer.get().equals(map.get().self())) {
            return ApiResponse.json(200, PingJson.ownAddress(to));
        }
        boolean throughTunnel = kind != PingKind.DISCO;
        PingResult result = patientPing(to, kind, size);
        return ApiResponse.json(200, PingJson.of(to, map.get(), peer.get(), throughTunnel, result));
    }

    private ApiResponse pingPeerApi(IpAddress to) throws IOException, MalformedException {
        Optional<NetMap> map = backend.netMap();
        Optional<Node> peer = map.flatMap(m -> m.owner(to)).filter(p -> !p.equals(self(map)));
        if (peer.isEmpty()) {
            return ApiResponse.json(
                    200, PingJson.failed(to, "no peer found with Tailscale IP " + to));
        }
        Optional<IpPort> port = NodeJson.peerApi(peer.get());
        if (port.isEmpty()) {
            return ApiResponse.json(
                    200,
                    PingJson.failed(to, map.get().displayName(peer.get()) + " has no PeerAPI"));
        }
        Map<String, @Nullable Object> result;
        try {
            long took =
                    PeerApiPing.send(backend.node(), port.get())
                            .orTimeout(PING_PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .join();
            result = PingJson.peerApi(to, peer.get(), port.get(), took);
        } catch (CompletionException e) {
            Throwable why = Objects.requireNonNullElse(e.getCause(), e);
            result = PingJson.failed(to, String.valueOf(why.getMessage()));
        }
        return ApiResponse.json(200, result);
    }

    private static Node self(Optional<NetMap> map) {
        return map.orElseThrow().self();
    }

    /// A command that gets no answer in its own time says so by itself, and goes on; an answer of "no answer" would end it.
    private PingResult patientPing(IpAddress to, PingKind kind, int size) {
        long until = System.nanoTime() + PING_PATIENCE.toNanos();
        PingResult result;
        do {
            result = backend.node().ping(to, kind, size).join();
        } while (result instanceof PingResult.TimedOut && System.nanoTime() < until);
        return result;
    }
}
