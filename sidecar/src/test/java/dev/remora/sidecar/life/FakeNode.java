package dev.remora.sidecar.life;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.engine.NetworkPrefs;
import dev.remora.engine.PingResult;
import dev.remora.engine.Traffic;
import dev.remora.engine.netcheck.NetReport;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netstack.NetStackStats;
import dev.remora.engine.path.Endpoint;
import dev.remora.io.control.ControlState;
import dev.remora.io.control.ControlUrl;
import dev.remora.io.control.LoginOptions;
import dev.remora.io.control.NodeIdentity;
import dev.remora.io.derp.RelayStatus;
import dev.remora.node.NodeStatus;
import dev.remora.node.PingKind;
import dev.remora.proto.control.HostInfo;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// A node that does nothing but write down what it is told, and is what a test says it is.
final class FakeNode implements Tailnode {
    /// A login that was asked for.
    record Login(ControlUrl url, NodeIdentity identity, LoginOptions options) {}

    static final Endpoint ENDPOINT =
            new Endpoint(new IpPort(IpAddress.v4(0x0a4d000f), 45424), Endpoint.Source.LOCAL);

    final List<Login> logins = new ArrayList<>();
    final List<IpPort> connects = new ArrayList<>();
    int pauses;
    int logouts;
    HostInfo hostInfo = null;
    volatile Optional<NetMap> netMap = Optional.empty();
    volatile boolean relayed;
    volatile Map<String, List<Object>> grants = Map.of();
    volatile Function<ChannelHandler, CompletableFuture<? extends Channel>> network =
            handler -> CompletableFuture.failedFuture(new IOException("no network"));
    volatile PingResult pong = new PingResult.Failed("no matching peer");

    @Override
    public void login(ControlUrl url, NodeIdentity identity, LoginOptions options) {
        logins.add(new Login(url, identity, options));
    }

    @Override
    public CompletableFuture<Void> logout() {
        logouts++;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void pause() {
        pauses++;
    }

    @Override
    public void updateHostInfo(HostInfo now) {
        hostInfo = now;
    }

    @Override
    public void updatePrefs(NetworkPrefs prefs) {}

    @Override
    public CompletableFuture<PingResult> ping(IpAddress to, PingKind kind, int size) {
        return CompletableFuture.completedFuture(pong);
    }

    @Override
    public CompletableFuture<NetReport> netcheck() {
        return CompletableFuture.failedFuture(new IllegalStateException("no network"));
    }

    @Override
    public CompletableFuture<? extends Channel> connect(
            IpAddress to, int port, ChannelHandler handler) {
        connects.add(new IpPort(to, port));
        return network.apply(handler);
    }

    @Override
    public Map<String, List<Object>> grantsOf(IpAddress source) {
        return grants;
    }

    @Override
    public NodeStatus status() {
        DerpRegionId home = new DerpRegionId(999);
        RelayStatus relay =
                new RelayStatus(
                        home,
                        true,
                        RelayStatus.Phase.CONNECTED,
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        Long.MAX_VALUE);
        return new NodeStatus(
                new ControlState.Stopped(),
                netMap,
                Optional.empty(),
                DiscoPrivateKey.generate(new Random(1)).publicKey(),
                relayed ? Optional.of(home) : Optional.empty(),
                relayed ? List.of(ENDPOINT) : List.of(),
                relayed ? List.of(relay) : List.of(),
                Map.of(),
                Optional.empty(),
                new Traffic(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of()),
                new NetStackStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of()),
                "test",
                45424,
                45424,
                Optional.empty(),
                Optional.empty(),
                0,
                Instant.EPOCH,
                0);
    }
}
