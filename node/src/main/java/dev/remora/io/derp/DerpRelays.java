package dev.remora.io.derp;

import dev.remora.base.IpAddress;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpRegion;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import dev.remora.proto.derp.DerpFrame;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// All relay connections of one node. Used on the event loop only.
///
/// The home region's connection is always there or being made; another region's when there is something to send, and
/// for a minute after. A packet takes the connection of its region, else the one its receiver was last heard through,
/// and only else a new one.
public final class DerpRelays implements AutoCloseable {
    private static final long SWEEP_EVERY = TimeUnit.SECONDS.toNanos(15);

    /// Relays vouch for senders, but not for their number.
    private static final int MOST_ROUTES = 16_384;

    private final RegionRelay.Shared shared;
    private final RelayListener listener;
    private final Timers.Timer sweeper;
    private final Map<DerpRegionId, RegionRelay> relays = new TreeMap<>();
    private final Map<NodeKey, DerpRegionId> heardThrough = new RecentRoutes();
    private NodePrivateKey self;
    private DerpMap map = DerpMap.EMPTY;
    private Optional<DerpRegionId> home = Optional.empty();
    private boolean online = true;
    private boolean closed;

    /// @param self who we are to the relays
    /// @param proxies who stands between us and the relays
    /// @param slow where name look-ups and TLS handshakes run, off the loop
    /// @param random a cryptographic source outside of tests
    /// @param clock nanoseconds since the node started
    public DerpRelays(
            EngineLoop loop,
            NodePrivateKey self,
            TlsTrust trust,
            HttpProxies proxies,
            Executor slow,
            RandomGenerator random,
            LongSupplier clock,
            RelayListener listener) {
        this.self = self;
        this.listener = listener;
        Timers timers = new Timers(loop.netty(), clock);
        RelayDialer dialer = new RelayDialer(loop, trust, proxies, slow);
        this.shared =
                new RegionRelay.Shared(dialer, timers, random, new Remembering(), new DropCounts());
        this.sweeper = timers.every(SWEEP_EVERY, this::sweep);
    }

    /// Takes over a new map. A region that is described otherwise now loses its connection.
    public void onDerpMap(DerpMap newMap) {
        map = newMap;
        for (RegionRelay relay : all()) {
            DerpRegionId id = relay.region().id();
            if (!relay.region().equals(newMap.regions().get(id))) {
                relays.remove(id);
                relay.discard(
                        newMap.regions().containsKey(id)
                                ? "the DERP map has changed"
                                : "it is no longer among our relays");
            }
        }
        home.ifPresent(this::openHome);
    }

    /// A copy: what is done to a relay may be told to the node, which may then send through another.
    private List<RegionRelay> all() {
        return List.copyOf(relays.values());
    }

    private void sweep() {
        all().forEach(RegionRelay::sweep);
    }

    /// Makes a region the one where we wait to be called. The old one's connection stays until nobody needs it: peers
    /// learn of the move later.
    public void setHome(DerpRegionId region) {
        if (home.equals(Optional.of(region))) {
            return;
        }
        home = Optional.of(region);
        all().forEach(relay -> relay.home(relay.region().id().equals(region)));
        openHome(region);
    }

    /// Empty until [#setHome] was called.
    public Optional<DerpRegionId> home() {
        return home;
    }

    private void openHome(DerpRegionId region) {
        if (!relays.containsKey(region)) {
            relay(region).ifPresent(relay -> relay.home(true));
        }
    }

    private Optional<RegionRelay> relay(DerpRegionId id) {
        RegionRelay known = relays.get(id);
        if (known != null || closed) {
            return Optional.ofNullable(known);
        }
        Optional<RegionRelay> made =
                map.region(id).map(region -> new RegionRelay(region, self, online, shared));
        made.ifPresent(relay -> relays.put(id, relay));
        return made;
    }

    /// Whether the last network check saw IPv6 working: then IPv4 addresses are dialled a little later.
    public void preferIpv6(boolean works) {
        shared.dialer().preferIpv6(works);
    }

    /// All connections are made again with a new node key.
    public void rotate(NodePrivateKey key) {
        self = key;
        heardThrough.clear();
        all().forEach(relay -> relay.rotate(key));
    }

    /// Addresses or routes of this machine have changed: connections that cannot live any more are made again, the
    /// others have to answer a ping.
    ///
    /// @param ours all addresses of this machine; without any there is no network and nothing is dialled
    public void onLinkChange(Set<IpAddress> ours) {
        online = !ours.isEmpty();
        all().forEach(relay -> relay.onLinkChange(online, ours));
    }

    /// Copies the packet and sends it, or keeps it while the connection is being made.
    ///
    /// @param region where `to` waits to be called
    /// @return false if the packet was dropped; [#dropped] counts why
    public boolean send(DerpRegionId region, NodeKey to, ByteBuffer packet) {
        if (packet.remaining() > DerpFrame.MAX_PACKET) {
            return drop(DropReason.TOO_LONG);
        }
        if (!online || closed) {
            return drop(DropReason.OFFLINE);
        }
        RegionRelay direct = relays.get(region);
        if (direct != null && direct.isOpen()) {
            return direct.send(to, packet);
        }
        RegionRelay heard =
                relays.get(heardThrough.get(to) instanceof DerpRegionId id ? id : region);
        if (heard != null && heard.isOpen()) {
            return heard.send(to, packet);
        }
        Optional<RegionRelay> opened = relay(region);
        return opened.isPresent() ? opened.get().send(to, packet) : drop(DropReason.UNKNOWN_REGION);
    }

    private boolean drop(DropReason reason) {
        shared.drops().count(reason);
        return false;
    }

    /// The region whose connection last brought something from this peer: the last resort where its home is unknown.
    public Optional<DerpRegionId> heardThrough(NodeKey peer) {
        return Optional.ofNullable(heardThrough.get(peer));
    }

    /// Measures how far a region is where UDP cannot tell. `done` is called once, on the loop, within five seconds.
    public void measureHttps(DerpRegionId region, Consumer<? super HttpsLatency> done) {
        Optional<DerpRegion> known = map.region(region);
        if (known.isEmpty() || !online || closed) {
            done.accept(new HttpsLatency.Failed("not possible now"));
        } else {
            LatencyProbe.start(shared.dialer().dial(known.get()), shared.timers(), done);
        }
    }

    /// How many packets were not sent.
    public long dropped(DropReason reason) {
        return shared.drops().of(reason);
    }

    /// Every region there was something to do with, by number.
    public List<RelayStatus> status() {
        return relays.values().stream().map(RegionRelay::status).toList();
    }

    @Override
    public void close() {
        closed = true;
        sweeper.cancel();
        all().forEach(relay -> relay.discard("the node stops"));
        relays.clear();
        heardThrough.clear();
    }

    private void forgetRoutes(DerpRegionId region) {
        heardThrough.values().removeIf(region::equals);
    }

    /// Keeps the reverse routes before the news goes to the node.
    private final class Remembering implements RelayListener {
        @Override
        public void onPacket(DerpRegionId region, NodeKey from, ByteBuffer packet) {
            if (!region.equals(heardThrough.get(from))) {
                heardThrough.put(from, region);
            }
            listener.onPacket(region, from, packet);
        }

        @Override
        public void onHeard(DerpRegionId region) {
            listener.onHeard(region);
        }

        @Override
        public void onPeerGone(DerpRegionId region, NodeKey peer, int reason) {
            heardThrough.remove(peer, region);
            listener.onPeerGone(region, peer, reason);
        }

        @Override
        public void onConnected(DerpRegionId region) {
            listener.onConnected(region);
        }

        @Override
        public void onDisconnected(DerpRegionId region, String why, long nextTryAt) {
            forgetRoutes(region);
            listener.onDisconnected(region, why, nextTryAt);
        }

        @Override
        public void onHealth(DerpRegionId region, String problem) {
            listener.onHealth(region, problem);
        }
    }

    /// The oldest make room.
    private static final class RecentRoutes extends LinkedHashMap<NodeKey, DerpRegionId> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<NodeKey, DerpRegionId> eldest) {
            return size() > MOST_ROUTES;
        }
    }
}
