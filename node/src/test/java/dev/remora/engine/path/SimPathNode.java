package dev.remora.engine.path;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.remora.base.Bytes32;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.stun.BindingRequest;
import dev.remora.proto.stun.BindingResponse;
import dev.remora.proto.stun.TxId;
import dev.remora.sim.SimHost;
import dev.remora.sim.SimNetwork;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A [PathFinder] on a simulated host, with just enough around it: a socket, the relay, a plain search for endpoints by
/// STUN, and numbered packets that stand for WireGuard's.
final class SimPathNode {
    private static final int STUN_TRIES = 3;
    private static final long STUN_RETRY = MILLISECONDS.toNanos(100);
    private static final long STUN_TAKES = MILLISECONDS.toNanos(500);
    private static final int DATA_LENGTH = 4 + Bytes32.LENGTH + Long.BYTES;

    final NodeKey key;
    final SimHost host;
    private final SimTailnet tailnet;
    private final SimNetwork network;
    private final Map<NodeKey, Inbox> inboxes = new HashMap<>();
    private final List<PathOutput> events = new ArrayList<>();

    private PathFinder finder;
    private DiscoPrivateKey disco;
    private SimHost.Socket socket;
    private List<IpPort> endpoints = List.of();
    private Map<TxId, IpPort> stunAnswers = new HashMap<>();
    private long wakeAt;
    private int port;
    private long sequence;
    private int discoSent;

    /// What arrived from one peer.
    static final class Inbox {
        private final Set<Long> seen = new HashSet<>();
        int copies;
        int direct;
        long lastAt;
        long longestGap;

        private void take(long sequence, boolean direct, long now) {
            copies++;
            if (seen.add(sequence)) {
                longestGap = Math.max(longestGap, now - lastAt);
                lastAt = now;
                this.direct += direct ? 1 : 0;
            }
        }

        /// How many different packets arrived.
        int packets() {
            return seen.size();
        }
    }

    SimPathNode(SimTailnet tailnet, SimHost host, int number) {
        this.tailnet = tailnet;
        this.host = host;
        network = tailnet.network;
        key = new NodeKey(new Bytes32(number, 0, 0, number));
        port = 41641;
        disco = DiscoPrivateKey.generate(network.random());
        finder = new PathFinder(disco, key, network.random());
        socket = host.bind(port, this::onDatagram);
    }

    void start() {
        tailnet.relay.connect(key, host, this::onFrame);
        finder.onLocalSockets(localSockets(), network.now(), this::perform);
        tailnet.publish(this);
        schedule();
    }

    /// Ends the process and starts it again, on another port and with another disco key.
    void restart() {
        socket.close();
        port++;
        socket = host.bind(port, this::onDatagram);
        disco = DiscoPrivateKey.generate(network.random());
        finder = new PathFinder(disco, key, network.random());
        endpoints = List.of();
        start();
    }

    /// The host was plugged in elsewhere and the system has told us.
    void linkChanged() {
        finder.onLocalSockets(localSockets(), network.now(), this::perform);
        finder.onLinkChange(network.now(), this::perform);
        schedule();
    }

    private LocalSockets localSockets() {
        boolean ipv6 = host.addresses().stream().anyMatch(ip -> !ip.v4());
        return new LocalSockets(
                host.addresses().stream()
                        .map(ip -> new IpPrefix(ip, ip.v4() ? 24 : 64))
                        .map(prefix -> new LocalSockets.LocalAddress("eth0", prefix))
                        .toList(),
                port,
                ipv6 ? port : 0,
                false);
    }

    PathPeer told() {
        return new PathPeer(
                key,
                Optional.of(disco.publicKey()),
                Optional.of(SimTailnet.REGION),
                endpoints,
                false);
    }

    void hearsOf(PathPeer peer) {
        finder.onPeerChanged(peer, network.now(), this::perform);
        schedule();
    }

    // ---- what a test looks at

    Inbox from(SimPathNode peer) {
        return inboxes.computeIfAbsent(peer.key, k -> new Inbox());
    }

    /// Starts counting again.
    void clearCounts() {
        discoSent = 0;
        events.clear();
        inboxes.clear();
    }

    int discoSent() {
        return discoSent;
    }

    <T extends PathOutput> List<T> events(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    boolean directTo(SimPathNode peer) {
        return directAddress(peer).isPresent();
    }

    Optional<IpPort> directAddress(SimPathNode peer) {
        return finder.status(peer.key, network.now()).flatMap(PathStatus::direct);
    }

    List<IpPort> endpoints() {
        return endpoints;
    }

    void ping(SimPathNode peer, long token) {
        finder.ping(peer.key, token, 0, network.now(), this::perform);
        schedule();
    }

    /// Sends a packet every so often until a time.
    void talkTo(SimPathNode peer, long every, long until) {
        if (network.now() < until) {
            sendData(peer);
            network.after(every, () -> talkTo(peer, every, until));
        }
    }

    private void sendData(SimPathNode peer) {
        ByteBuffer packet = ByteBuffer.allocateDirect(DATA_LENGTH);
        packet.putInt(0x04000000);
        key.bytes().write(packet);
        packet.putLong(sequence++).flip();
        switch (finder.route(peer.key, network.now(), this::perform)) {
            case PathChoice.Direct(var to) -> socket.send(to, packet);
            case PathChoice.Relayed _ -> tailnet.relay.send(key, peer.key, packet);
            case PathChoice.Both(var to, _) -> {
                socket.send(to, packet);
                tailnet.relay.send(key, peer.key, packet);
            }
            case PathChoice.None _ -> {}
        }
        schedule();
    }

    // ---- what arrives

    private void onDatagram(IpPort from, ByteBuffer packet) {
        switch (Demux.kindOf(packet)) {
            case STUN -> onStun(packet);
            case DISCO ->
                    finder.onDisco(
                            new PathSource.Direct(from), packet, network.now(), this::perform);
            case WIREGUARD -> onData(new PathSource.Direct(from), packet);
            case RELAYED_DISCO, RELAYED_WIREGUARD -> throw new AssertionError("no peer relay here");
        }
        schedule();
    }

    private void onFrame(NodeKey from, ByteBuffer frame) {
        PathSource source = new PathSource.Relayed(SimTailnet.REGION, from);
        if (Demux.kindOf(frame) == DatagramKind.DISCO) {
            finder.onDisco(source, frame, network.now(), this::perform);
        } else {
            onData(source, frame);
        }
        schedule();
    }

    private void onData(PathSource source, ByteBuffer packet) {
        packet.getInt();
        NodeKey sender = new NodeKey(Bytes32.read(packet));
        boolean direct = source instanceof PathSource.Direct;
        if (source instanceof PathSource.Direct(var from)
                && finder.peerAt(from).filter(sender::equals).isEmpty()) {
            finder.onIdentified(sender, source, network.now());
        } else {
            finder.onReceived(sender, source, network.now());
        }
        inboxes.computeIfAbsent(sender, k -> new Inbox())
                .take(packet.getLong(), direct, network.now());
    }

    // ---- outputs

    private void perform(PathOutput output) {
        switch (output) {
            case PathOutput.SendDisco(var to, var packet) -> {
                discoSent++;
                socket.send(to, packet);
            }
            case PathOutput.RelayDisco(_, var to, var packet) -> {
                discoSent++;
                tailnet.relay.send(key, to, packet);
            }
            case PathOutput.EndpointsWanted _ -> searchEndpoints();
            case PathOutput.EndpointsChanged(var own) -> {
                endpoints = own.stream().map(Endpoint::address).toList();
                tailnet.publish(this);
            }
            default -> events.add(output);
        }
    }

    private void searchEndpoints() {
        stunAnswers = new HashMap<>();
        for (int i = 0; i < STUN_TRIES; i++) {
            network.after(i * STUN_RETRY, this::askStunServers);
        }
        PathFinder asked = finder;
        network.after(STUN_TAKES, () -> endSearch(asked));
    }

    private void askStunServers() {
        for (IpPort server : tailnet.stunServers) {
            ByteBuffer request = ByteBuffer.allocate(BindingRequest.LENGTH);
            new BindingRequest(TxId.random(network.random())).writeTo(request);
            socket.send(server, request.flip());
        }
    }

    private void onStun(ByteBuffer packet) {
        try {
            BindingResponse response = BindingResponse.parse(packet);
            stunAnswers.put(response.txId(), response.seenFrom());
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private void endSearch(PathFinder asked) {
        if (asked == finder) {
            List<IpPort> ipv4 = seen(IpAddress::v4).toList();
            List<IpPort> ipv6 = seen(ip -> !ip.v4()).toList();
            List<IpPort> all = Stream.concat(ipv4.stream(), ipv6.stream()).toList();
            finder.onStunEndpoints(all, ipv4.size() > 1, network.now(), this::perform);
            schedule();
        }
    }

    private Stream<IpPort> seen(Predicate<IpAddress> family) {
        return stunAnswers.values().stream()
                .distinct()
                .filter(address -> family.test(address.ip()))
                .sorted(Comparator.comparing(IpPort::toString));
    }

    // ---- timers

    /// Sees to it that the finder is woken when it wants to be.
    private void schedule() {
        long deadline = finder.nextDeadline();
        if (deadline != Long.MAX_VALUE && (wakeAt <= network.now() || deadline < wakeAt)) {
            wakeAt = deadline;
            network.at(deadline, this::wake);
        }
    }

    private void wake() {
        if (finder.nextDeadline() <= network.now()) {
            finder.onTimer(network.now(), this::perform);
        }
        schedule();
    }
}
