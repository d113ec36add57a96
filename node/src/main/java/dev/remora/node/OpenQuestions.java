package dev.remora.node;

import dev.remora.base.IpAddress;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.Engine;
import dev.remora.engine.PingResult;
import dev.remora.engine.netcheck.NetReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Pings and network checks that users of the node wait for. Used on the loop.
final class OpenQuestions {
    private final Engine engine;
    private final Map<Long, CompletableFuture<PingResult>> pings = new HashMap<>();
    private final List<CompletableFuture<NetReport>> checks = new ArrayList<>();
    private long lastToken;

    OpenQuestions(Engine engine) {
        this.engine = engine;
    }

    void ping(
            IpAddress to, PingKind kind, int size, long now, CompletableFuture<PingResult> result) {
        Optional<NodeKey> peer = engine.peerOf(to);
        if (peer.isEmpty()) {
            result.complete(new PingResult.Failed("no matching peer"));
            return;
        }
        long token = ++lastToken;
        pings.put(token, result);
        switch (kind) {
            case DISCO -> engine.pingDisco(peer.get(), token, size, now);
            case TSMP -> engine.pingTsmp(to, token, now);
            case ICMP -> engine.pingIcmp(to, token, now);
        }
    }

    void onPinged(long token, PingResult result) {
        CompletableFuture<PingResult> waiting = pings.remove(token);
        if (waiting != null) {
            waiting.complete(result);
        }
    }

    void check(long now, CompletableFuture<NetReport> result) {
        checks.add(result);
        engine.netChecks().start(now);
    }

    void onChecked(NetReport report) {
        checks.forEach(waiting -> waiting.complete(report));
        checks.clear();
    }

    /// Nobody will answer any more.
    void onEnd() {
        pings.values()
                .forEach(waiting -> waiting.complete(new PingResult.Failed("the node stops")));
        checks.forEach(waiting -> waiting.completeExceptionally(new IOException("the node stops")));
    }
}
