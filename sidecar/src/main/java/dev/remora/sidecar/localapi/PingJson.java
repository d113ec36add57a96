package dev.remora.sidecar.localapi;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.engine.PingResult;
import dev.remora.engine.netmap.DerpRegion;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import dev.remora.engine.path.PeerPath;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a ping ended, as the local API tells it.
public final class PingJson {
    private static final int NANO_DIGITS = 9;

    private final Map<String, @Nullable Object> tree = new LinkedHashMap<>();

    private PingJson(String ip) {
        tree.put("IP", ip);
        tree.put("NodeIP", "");
        tree.put("NodeName", "");
        tree.put("Err", "");
        tree.put("LatencySeconds", 0);
        tree.put("Endpoint", "");
        tree.put("PeerRelay", "");
        tree.put("DERPRegionID", 0);
        tree.put("DERPRegionCode", "");
    }

    public static Map<String, @Nullable Object> failed(IpAddress ip, String why) {
        PingJson json = new PingJson(ip.toString());
        json.tree.put("Err", why);
        return json.tree;
    }

    /// The address is our own.
    public static Map<String, @Nullable Object> ownAddress(IpAddress ip) {
        Map<String, @Nullable Object> tree = failed(ip, ip + " is local Tailscale IP");
        tree.put("IsLocalIP", true);
        return tree;
    }

    /// @param throughTunnel the ping went to the address itself, not to the node that has it
    public static Map<String, @Nullable Object> of(
            IpAddress ip, NetMap map, Node peer, boolean throughTunnel, PingResult result) {
        PingJson json = new PingJson(ip.toString());
        IpAddress nodeIp =
                throughTunnel || peer.addresses().isEmpty() ? ip : peer.addresses().getFirst().ip();
        json.tree.put("NodeIP", nodeIp.toString());
        json.tree.put("NodeName", map.displayName(peer));
        switch (result) {
            case PingResult.Answered(var latency, var path, var peerApiPort) ->
                    json.answered(latency, path, peerApiPort, map);
            case PingResult.TimedOut() -> json.tree.put("Err", "timeout waiting for ping reply");
            case PingResult.Failed(var reason) -> json.tree.put("Err", reason);
        }
        return json.tree;
    }

    /// The peer's PeerAPI has answered.
    ///
    /// @param took in nanoseconds
    public static Map<String, @Nullable Object> peerApi(
            IpAddress ip, Node peer, IpPort port, long took) {
        PingJson json = new PingJson(ip.toString());
        json.tree.put("NodeIP", ip.toString());
        json.tree.put("NodeName", peer.name());
        json.latency(took);
        json.tree.put("PeerAPIURL", "http://" + port);
        return json.tree;
    }

    private void latency(long nanos) {
        tree.put("LatencySeconds", BigDecimal.valueOf(nanos, NANO_DIGITS).stripTrailingZeros());
    }

    private void answered(long latency, Optional<PeerPath> path, int peerApiPort, NetMap map) {
        latency(latency);
        if (path.isPresent()) {
            switch (path.get()) {
                case PeerPath.Direct(var to) -> tree.put("Endpoint", to.toString());
                case PeerPath.Relayed(var via) -> relayed(via, map);
            }
        }
        if (peerApiPort != 0) {
            tree.put("PeerAPIPort", peerApiPort);
        }
    }

    private void relayed(DerpRegionId via, NetMap map) {
        tree.put("DERPRegionID", via.value());
        tree.put("DERPRegionCode", map.derpMap().region(via).map(DerpRegion::code).orElse(""));
    }
}
