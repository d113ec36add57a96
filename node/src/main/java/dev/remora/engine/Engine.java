package dev.remora.engine;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.crypto.Aead;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netstack.NetStack;
import dev.remora.engine.netstack.NetStackConfig;
import dev.remora.engine.path.Endpoint;
import dev.remora.engine.path.EndpointSearch;
import dev.remora.engine.path.LocalSockets;
import dev.remora.engine.path.PathFinder;
import dev.remora.engine.path.PathOutput;
import dev.remora.engine.path.PeerPath;
import dev.remora.engine.path.SendFailure;
import dev.remora.proto.ip.Mtu;
import dev.remora.proto.tcp.PathKind;
import dev.remora.proto.wireguard.Peers;
import dev.remora.proto.wireguard.TunnelStats;
import dev.remora.proto.wireguard.WireGuard;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// A whole node without its sockets: netmaps, datagrams, relay frames and time go in, [EngineOutput]s come out, and applications use its
/// [NetStack]. One thread; `now` is nanoseconds since the node started; all chance comes from one generator, so a tailnet of engines can be replayed.
///
/// Every group of calls, whether to this class or to the stack, ends with one [#endOfBatch].
public final class Engine {
    private final DiscoPrivateKey disco;
    private final PeerBook peers = new PeerBook();
    private final Counters counters = new Counters();
    private final PathFinder paths;
    private final WireGuard tunnels;
    private final Pings pings;
    private final Greetings greetings = new Greetings();
    private final NetChecks netChecks;
    private final DataPlane dataPlane;
    private final Consumer<? super EngineOutput> out;

    /// What the path layer said while other machines were at work, and what concerns those.
    private final Queue<PathOutput> postponed = new ArrayDeque<>();

    /// Who has answered a greeting, until other machines are done.
    private final Queue<NodeKey> toHandshake = new ArrayDeque<>();

    private final Consumer<PathOutput> onPath = this::onPathOutput;

    /// @param disco by what peers find us on the underlay; they take another one for another process
    /// @param epochOffset nanoseconds from 1970 to this node's time 0
    /// @param random a cryptographic source outside of tests
    /// @param out performs at once and never calls back
    public Engine(
            NodePrivateKey self,
            DiscoPrivateKey disco,
            Aead aead,
            NetStackConfig stack,
            LongSupplier epochOffset,
            RandomGenerator random,
            Consumer<? super EngineOutput> out) {
        this.out = out;
        this.disco = disco;
        paths = new PathFinder(disco, self.publicKey(), random);
        tunnels = new WireGuard(self, aead, random, epochOffset, new KnownPeers(), Mtu.TUNNEL);
        pings = new Pings(random);
        netChecks = new NetChecks(random, out);
        DataPlane.Parts parts =
                new DataPlane.Parts(
                        peers, tunnels, paths, pings, sink -> new NetStack(stack, random, sink));
        dataPlane = new DataPlane(parts, netChecks::onStun, onPath, counters, out);
    }

    /// What WireGuard asks about peers.
    private final class KnownPeers implements Peers {
        @Override
        public boolean isKnown(NodeKey peer) {
            return peers.isKnown(peer);
        }

        /// Newer peers are told our disco key by the first packet of a session, so that they need not wait for the netmap.
        @Override
        public Optional<ByteBuffer> greeting(NodeKey key) {
            return peers.netMap()
                    .flatMap(map -> map.peer(key))
                    .filter(peer -> peer.capabilityVersion() >= Greeting.SINCE_CAPABILITY_VERSION)
                    .flatMap(peer -> Greeting.to(peer, peers, disco.publicKey()));
        }
    }

    /// The key that other nodes find us by on the underlay.
    public DiscoKey discoKey() {
        return disco.publicKey();
    }

    /// Where applications open ports and connections.
    public NetStack stack() {
        return dataPlane.stack();
    }

    public Counters counters() {
        return counters;
    }

    public Optional<NetMap> netMap() {
        return peers.netMap();
    }

    /// Our addresses on the tailnet; none while we are not in one.
    public Set<IpAddress> ownAddresses() {
        return peers.ownAddresses();
    }

    // What control says, and what the user wants.

    public void onNetMap(NetMap map, long now) {
        var ownBefore = peers.ownAddresses();
        boolean arriving = peers.netMap().isEmpty();
        peers.onNetMap(map, change -> onPeer(change, now));
        if (!peers.ownAddresses().equals(ownBefore)) {
            stack().onAddresses(peers.ownAddresses(), now);
        }
        if (netChecks.onDerpMap(map.derpMap())) {
            paths.searchEndpoints(EndpointSearch.RELAYS_CHANGED, now, onPath);
        }
        if (arriving) {
            greetings.start(map, now);
        }
    }

    private void onPeer(PeerBook.Change change, long now) {
        switch (change) {
            case PeerBook.Change.Present(var peer) -> paths.onPeerChanged(peer, now, onPath);
            case PeerBook.Change.Expired(var key) -> dataPlane.onPeerGone(key, now);
            case PeerBook.Change.Gone(var key) -> {
                paths.onPeerRemoved(key);
                dataPlane.onPeerGone(key, now);
            }
        }
    }

    /// We are no member any more, or do not want to be reachable: every peer and every stream goes.
    public void onStopped(long now) {
        greetings.clear();
        peers.clear(change -> onPeer(change, now));
        stack().onAddresses(List.of(), now);
        netChecks.onStopped();
    }

    /// Whether the control server hears us now.
    public void onControl(boolean inTouch) {
        netChecks.onControl(inTouch);
    }

    public void onPrefs(NetworkPrefs prefs) {
        peers.onPrefs(prefs);
    }

    /// Where our PeerAPI listens at our addresses of each family, 0 for nowhere. Packets reach it whatever the packet filter says.
    public void onPeerApi(int portV4, int portV6) {
        peers.peerApiPorts(portV4, portV6);
    }

    /// This node has another key from now on.
    public void onSelfKey(NodePrivateKey key) {
        tunnels.rotate(key);
        paths.onSelfNode(key.publicKey());
    }

    // What the network brings.

    /// Datagrams of one source, `segmentSize` bytes each but the last; the buffer is worked on in place.
    public void onDatagrams(IpPort from, ByteBuffer datagrams, int segmentSize, long now) {
        dataPlane.onDatagrams(from, datagrams, segmentSize, now);
    }

    /// A packet that a relay brought from `sender`; the buffer is worked on in place.
    public void onRelayed(DerpRegionId via, NodeKey sender, ByteBuffer packet, long now) {
        dataPlane.onRelayed(via, sender, packet, now);
    }

    /// What we send from: at the start, and whenever addresses or sockets are others.
    public void onLocalSockets(LocalSockets sockets, long now) {
        netChecks.onLocalSockets(sockets);
        paths.onLocalSockets(sockets, now, onPath);
    }

    /// The network is another, or the sockets were reopened.
    public void onLinkChange(long now) {
        netChecks.onLinkChange();
        paths.onLinkChange(now, onPath);
    }

    /// The relay where peers find us has accepted us for the first time: those whom no other way led to can be told now.
    public void onHomeRelayConnected(long now) {
        greetings.again(now);
    }

    /// The connection to our home relay stands again after it was lost: whatever cut it may have moved our addresses, too.
    public void onHomeRelayBack(long now) {
        paths.searchEndpoints(EndpointSearch.RELAYS_CHANGED, now, onPath);
    }

    public void onSendFailed(IpPort to, SendFailure failure, long now) {
        netChecks.onSendFailed(to, now);
        paths.onSendFailed(to, failure, now, onPath);
    }

    /// A part of a network check was done, see [EngineOutput.Netcheck].
    public NetChecks netChecks() {
        return netChecks;
    }

    // Pings.

    /// Asks the peer's path layer; shows whether there is a direct path.
    ///
    /// @param size of the packet in bytes, 0 for the smallest
    public void pingDisco(NodeKey peer, long token, int size, long now) {
        paths.ping(peer, token, size, now, onPath);
    }

    /// Asks the peer's node through the tunnel.
    public void pingTsmp(IpAddress to, long token, long now) {
        pingThroughTunnel(
                to, token, own -> pings.sendTsmp(token, own, to, now, dataPlane.outgoing(now)));
    }

    /// Asks the peer's system through the tunnel.
    public void pingIcmp(IpAddress to, long token, long now) {
        pingThroughTunnel(
                to, token, own -> pings.sendEcho(token, own, to, now, dataPlane.outgoing(now)));
    }

    private void pingThroughTunnel(IpAddress to, long token, Consumer<IpAddress> sendFrom) {
        var noAddress = new PingResult.Failed("this node has no address of that family");
        peers.ownAddressFor(to)
                .ifPresentOrElse(
                        sendFrom, () -> out.accept(new EngineOutput.Pinged(token, noAddress)));
    }

    // What others want to know.

    /// The peer that packets to this address go to.
    public Optional<NodeKey> peerOf(IpAddress ip) {
        return peers.routes().peerOf(ip);
    }

    /// What the peer at `source` may do here beyond sending packets, by the grants of the netmap.
    public Map<String, List<Object>> grantsOf(IpAddress source) {
        return peers.ownAddressFor(source)
                .map(own -> peers.filter().rules().grants(source, own))
                .orElse(Map.of());
    }

    /// What is wrong with the packet filter that control sent, for people.
    public Optional<String> filterProblem() {
        return peers.filterProblem();
    }

    public Traffic traffic() {
        return counters.snapshot();
    }

    /// What is known of the way to a peer and of the traffic with it.
    public PeerStatus status(NodeKey peer, long now) {
        return new PeerStatus(paths.status(peer, now), tunnels.stats(peer, now));
    }

    public List<Endpoint> ownEndpoints() {
        return paths.ownEndpoints();
    }

    // Time.

    /// When [#onTimer] is to be called, `Long.MAX_VALUE` for never. Ask after each [#endOfBatch].
    public long nextDeadline() {
        long network = Math.min(tunnels.nextDeadline(), paths.nextDeadline());
        long own =
                Math.min(
                        Math.min(pings.nextDeadline(), netChecks.nextDeadline()),
                        greetings.nextDeadline());
        return Math.min(Math.min(network, own), stack().nextDeadline());
    }

    public void onTimer(long now) {
        if (tunnels.nextDeadline() <= now) {
            dataPlane.onTunnelTimer(now);
        }
        if (paths.nextDeadline() <= now) {
            paths.onTimer(now, onPath);
        }
        if (pings.nextDeadline() <= now) {
            pings.onTimer(now, out);
        }
        if (netChecks.nextDeadline() <= now) {
            netChecks.onTimer(now);
        }
        if (greetings.nextDeadline() <= now) {
            greetings.onTimer(
                    peer -> tunnels.stats(peer, now).filter(TunnelStats::canSend).isPresent(),
                    (peer, token) -> paths.ping(peer, token, 0, now, onPath));
        }
        if (stack().nextDeadline() <= now) {
            dataPlane.onStackTimer(now);
        }
        endOfBatch(now);
    }

    /// Ends a group of calls: the stack answers, collected datagrams leave.
    public void endOfBatch(long now) {
        dataPlane.endOfBatch(now);
        NetChecks.Found found = netChecks.takeResult();
        if (found != null) {
            paths.onStunEndpoints(found.seen(), found.mappingVaries(), now, onPath);
        }
        if (!postponed.isEmpty() || !toHandshake.isEmpty()) {
            for (NodeKey peer; (peer = toHandshake.poll()) != null; ) {
                dataPlane.beginSession(peer, now);
            }
            for (PathOutput output; (output = postponed.poll()) != null; ) {
                onPostponed(output, now);
            }
            dataPlane.endOfBatch(now);
        }
    }

    private void onPathOutput(PathOutput output) {
        switch (output) {
            case PathOutput.SendDisco(var to, var packet) ->
                    out.accept(new EngineOutput.SendDatagrams(to, packet, packet.remaining()));
            case PathOutput.RelayDisco(var via, var to, var packet) ->
                    out.accept(new EngineOutput.SendRelayed(via, to, packet));
            case PathOutput.EndpointsChanged(var endpoints) ->
                    out.accept(new EngineOutput.EndpointsChanged(endpoints));
            case PathOutput.RebindWanted _ -> out.accept(new EngineOutput.RebindWanted());
            case PathOutput.PingAnswered(var token, _, var path, var latency) ->
                    pinged(token, new PingResult.Answered(latency, Optional.of(path), 0));
            case PathOutput.PingTimedOut(var token, _) -> pinged(token, new PingResult.TimedOut());
            case PathOutput.PingFailed(var token, _, var reason) ->
                    pinged(token, new PingResult.Failed(reason));
            case PathOutput.Dropped(_, var reason) -> counters.droppedIn(reason);
            case PathOutput.EndpointsWanted _,
                    PathOutput.PathChanged _,
                    PathOutput.PeerRestarted _ ->
                    postponed.add(output);
        }
    }

    private void pinged(long token, PingResult result) {
        if (!Greetings.isToken(token)) {
            out.accept(new EngineOutput.Pinged(token, result));
            return;
        }
        Optional<NodeKey> peer = greetings.onEnd(token);
        if (result instanceof PingResult.Answered) {
            peer.ifPresent(toHandshake::add);
        }
    }

    private void onPostponed(PathOutput output, long now) {
        switch (output) {
            case PathOutput.EndpointsWanted(var why) -> netChecks.start(why, now);
            case PathOutput.PathChanged(var peer, var path) -> {
                stack().onPathChange(peer, kind(path), now);
                out.accept(new EngineOutput.PathChanged(peer, path));
            }
            case PathOutput.PeerRestarted(var peer) -> dataPlane.onPeerRestarted(peer, now);
            case PathOutput.SendDisco _,
                    PathOutput.RelayDisco _,
                    PathOutput.EndpointsChanged _,
                    PathOutput.RebindWanted _,
                    PathOutput.PingAnswered _,
                    PathOutput.PingTimedOut _,
                    PathOutput.PingFailed _,
                    PathOutput.Dropped _ ->
                    throw new IllegalStateException("not postponed: " + output);
        }
    }

    private static PathKind kind(Optional<PeerPath> path) {
        return path.filter(PeerPath.Relayed.class::isInstance).isPresent()
                ? PathKind.RELAYED
                : PathKind.DIRECT;
    }
}
