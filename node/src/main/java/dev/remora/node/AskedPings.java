package dev.remora.node;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.engine.PingResult;
import dev.remora.engine.netmap.DerpRegion;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.path.PeerPath;
import dev.remora.proto.control.PingRequest;
import dev.remora.proto.control.PingResponse;
import io.netty.util.concurrent.EventExecutor;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Pings of peers that the control server asks for: one answer for each way that it names.
final class AskedPings {
    /// There are four; who asks for more asks for what there is not.
    private static final int MOST_TYPES = 4;

    private final NodeCore core;
    private final EventExecutor loop;

    AskedPings(NodeCore core, EventExecutor loop) {
        this.core = core;
        this.loop = loop;
    }

    /// @param answer may be called from the loop
    void ping(PingRequest request, Consumer<PingResponse> answer) {
        String ip = request.ip() == null ? "" : request.ip();
        String types = request.types() == null ? "" : request.types();
        for (String type : Arrays.stream(types.split(",")).distinct().limit(MOST_TYPES).toList()) {
            try {
                ping(type, IpAddress.parse(ip), answer);
            } catch (MalformedException e) {
                answer.accept(failed(type, ip, e.reason()));
            }
        }
    }

    private void ping(String type, IpAddress to, Consumer<PingResponse> answer) {
        Optional<PingKind> kind = kind(type);
        if (kind.isEmpty()) {
            answer.accept(failed(type, to.toString(), "this node has no ping of that kind"));
            return;
        }
        CompletableFuture<PingResult> result = new CompletableFuture<>();
        var _ = result.thenAccept(end -> answer.accept(response(type, to, end)));
        loop.execute(() -> core.ping(to, kind.get(), 0, result));
    }

    private static Optional<PingKind> kind(String type) {
        return switch (type) {
            case "disco" -> Optional.of(PingKind.DISCO);
            case "TSMP" -> Optional.of(PingKind.TSMP);
            case "ICMP" -> Optional.of(PingKind.ICMP);
            default -> Optional.empty();
        };
    }

    private PingResponse response(String type, IpAddress to, PingResult result) {
        return switch (result) {
            case PingResult.Answered(var latency, var path, var peerApiPort) ->
                    answered(type, to, latency, path, peerApiPort);
            case PingResult.TimedOut() -> failed(type, to.toString(), "timeout");
            case PingResult.Failed(var reason) -> failed(type, to.toString(), reason);
        };
    }

    private PingResponse answered(
            String type, IpAddress to, long latency, Optional<PeerPath> path, int peerApiPort) {
        String endpoint = null;
        Long region = null;
        String regionCode = null;
        if (path.isPresent()) {
            switch (path.get()) {
                case PeerPath.Direct(var at) -> endpoint = at.toString();
                case PeerPath.Relayed(var via) -> {
                    region = (long) via.value();
                    regionCode =
                            core.netMap()
                                    .map(NetMap::derpMap)
                                    .flatMap(map -> map.region(via))
                                    .map(DerpRegion::code)
                                    .orElse(null);
                }
            }
        }
        double seconds = (double) latency / TimeUnit.SECONDS.toNanos(1);
        Long port = peerApiPort == 0 ? null : (long) peerApiPort;
        String name =
                core.netMap().flatMap(map -> map.owner(to).map(map::displayName)).orElse(null);
        String ip = to.toString();
        return new PingResponse(
                type, ip, ip, name, null, seconds, endpoint, region, regionCode, port, null);
    }

    private static PingResponse failed(String type, @Nullable String ip, String why) {
        return new PingResponse(type, ip, null, null, why, null, null, null, null, null, null);
    }
}
