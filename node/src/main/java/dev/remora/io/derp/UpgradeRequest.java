package dev.remora.io.derp;

import dev.remora.engine.netmap.DerpNode;
import dev.remora.engine.netmap.DerpRegion;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The HTTP request that turns a connection into a stream of frames.
///
/// @param host the relay's name, with the port where it is not 443
/// @param idealNode the node we would rather have reached, for the relay's statistics
/// @param fastStart frames follow at once, no HTTP answer is wanted
record UpgradeRequest(String host, Optional<String> idealNode, boolean fastStart) {
    static UpgradeRequest of(DerpRegion region, DerpNode reached, boolean fastStart) {
        DerpNode ideal = region.nodes().getFirst();
        return new UpgradeRequest(
                hostOf(reached),
                Optional.of(ideal.name()).filter(name -> !ideal.equals(reached) && isPlain(name)),
                fastStart);
    }

    /// The name comes from the control server: it must not become header lines.
    private static boolean isPlain(String name) {
        return name.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    static String hostOf(DerpNode node) {
        String host =
                node.hostName().indexOf(':') < 0 ? node.hostName() : "[" + node.hostName() + "]";
        boolean usual = node.derpPort() == DerpNode.DEFAULT_DERP_PORT;
        return usual ? host : host + ":" + node.derpPort();
    }

    byte[] bytes() {
        StringBuilder text = new StringBuilder(200);
        text.append("GET /derp HTTP/1.1\r\nHost: ").append(host);
        text.append("\r\nUser-Agent: remora\r\nConnection: Upgrade\r\n");
        if (fastStart) {
            text.append("Derp-Fast-Start: 1\r\n");
        }
        idealNode.ifPresent(name -> text.append("Ideal-Node: ").append(name).append("\r\n"));
        text.append("Upgrade: DERP\r\n\r\n");
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
