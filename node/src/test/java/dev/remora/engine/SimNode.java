package dev.remora.engine;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.Aead;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netcheck.NetCheckOutput;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netstack.NetStackConfig;
import dev.remora.engine.path.Endpoint;
import dev.remora.engine.path.LocalSockets;
import dev.remora.engine.path.PeerPath;
import dev.remora.sim.SimHost;
import dev.remora.sim.SimNetwork;
import dev.remora.sim.SimRelay;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A whole node on a simulated host: an engine whose outputs are performed on a [SimNetwork].
final class SimNode {
    static final DerpRegionId REGION = new DerpRegionId(900);
    private static final int PORT = 41641;

    private final SimNetwork network;
    private final SimHost host;
    private final SimRelay relay;
    private final SimHost.Socket socket;
    private final NodePrivateKey key;
    private final Map<Long, PingResult> pings = new HashMap<>();
    private final Map<NodeKey, Optional<PeerPath>> paths = new HashMap<>();
    private List<Endpoint> endpoints = List.of();
    private Runnable onEndpoints = () -> {};
    private long wakeAt = Long.MAX_VALUE;
    private long pingToken;
    private boolean stopped;
    private final DiscoPrivateKey disco;
    final Engine engine;

    SimNode(SimHost host, SimRelay relay, NodePrivateKey key) {
        this(host, relay, key, DiscoPrivateKey.generate(host.network().random()));
    }

    private SimNode(SimHost host, SimRelay relay, NodePrivateKey key, DiscoPrivateKey disco) {
        this.host = host;
        this.network = host.network();
        this.relay = relay;
        this.key = key;
        this.disco = disco;
        engine =
                new Engine(
                        key,
                        disco,
                        Aead.jdk(),
                        NetStackConfig.defaults(),
                        () -> 1_700_000_000_000_000_000L,
                        network.random(),
                        this::perform);
        socket = host.bind(PORT, this::onDatagram);
        relay.connect(key.publicKey(), host, this::onFrame);
        onAddresses();
    }

    NodeKey key() {
        return key.publicKey();
    }

    long now() {
        return network.now();
    }

    List<IpPort> endpoints() {
        return endpoints.stream().map(Endpoint::address).toList();
    }

    void onEndpoints(Runnable action) {
        onEndpoints = action;
    }

    Optional<PeerPath> pathTo(SimNode peer) {
        return paths.getOrDefault(peer.key(), Optional.empty());
    }

    void onAddresses() {
        List<LocalSockets.LocalAddress> addresses =
                host.addresses().stream()
                        .map(ip ->
                                new LocalSockets.LocalAddress(
                                        "eth0", new IpPrefix(ip, ip.v4() ? 24 : 64)))
                        .toList();
        engine.onLocalSockets(new LocalSockets(addresses, PORT, PORT, false), now());
        finish();
    }

    void onNetMap(NetMap map) {
        engine.onNetMap(map, now());
        finish();
    }

    /// The answer to a ping through the tunnel, as soon as there is one.
    Optional<PingResult> tsmpPing(IpAddress to, long until) {
        long token = pingToken++;
        engine.pingTsmp(to, token, now());
        finish();
        network.runUntil(() -> pings.containsKey(token), until);
        return Optional.ofNullable(pings.get(token));
    }

    /// Another process with the same keys and the last netmap, and without anything else.
    SimNode restart() {
        NetMap last = engine.netMap().orElseThrow();
        stop();
        SimNode next = new SimNode(host, relay, key, disco);
        next.onNetMap(last);
        return next;
    }

    void stop() {
        stopped = true;
        socket.close();
        relay.disconnect(key.publicKey());
    }

    private void onDatagram(IpPort from, ByteBuffer packet) {
        engine.onDatagrams(from, packet, packet.remaining(), now());
        finish();
    }

    private void onFrame(NodeKey from, ByteBuffer frame) {
        engine.onRelayed(REGION, from, frame, now());
        finish();
    }

    /// Ends a group of calls to the engine or its stack.
    void finish() {
        if (stopped) {
            return;
        }
        engine.endOfBatch(now());
        long next = engine.nextDeadline();
        if (next < wakeAt) {
            wakeAt = next;
            network.at(next, () -> wake(next));
        }
    }

    private void wake(long at) {
        if (at == wakeAt && !stopped) {
            wakeAt = Long.MAX_VALUE;
            engine.onTimer(now());
            finish();
        }
    }

    private void perform(EngineOutput output) {
        switch (output) {
            case EngineOutput.SendDatagrams(var to, var datagrams, var size) -> {
                for (int at = datagrams.position(); at < datagrams.limit(); at += size) {
                    socket.send(to, datagrams.slice(at, Math.min(size, datagrams.limit() - at)));
                }
            }
            case EngineOutput.SendRelayed(_, var to, var packet) ->
                    relay.send(key.publicKey(), to, packet);
            case EngineOutput.EndpointsChanged(var found) -> {
                endpoints = found;
                network.after(0, onEndpoints);
            }
            case EngineOutput.PathChanged(var peer, var path) -> paths.put(peer, path);
            case EngineOutput.Pinged(var token, var result) -> pings.put(token, result);
            case EngineOutput.Netcheck(NetCheckOutput.MeasureHttps(var region)) ->
                    network.after(
                            20_000_000,
                            () -> {
                                engine.netChecks().onHttpsLatency(region, 10_000_000, false, now());
                                finish();
                            });
            case EngineOutput.Netcheck _,
                    EngineOutput.NetworkChecked _,
                    EngineOutput.RebindWanted _ -> {}
        }
    }
}
