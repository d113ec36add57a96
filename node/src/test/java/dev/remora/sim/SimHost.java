package dev.remora.sim;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A machine with addresses in one segment, and UDP sockets.
public final class SimHost implements SimSegment.Station {
    /// How long a firewall remembers that something was sent out.
    static final long FIREWALL_REMEMBERS = SECONDS.toNanos(30);

    private final String name;
    private final Map<Integer, Receiver> sockets = new HashMap<>();
    private final Map<Flow, Long> sentOut = new HashMap<>();
    private SimSegment segment;
    private SimLink link;
    private List<IpAddress> addresses;
    private boolean firewall;
    private boolean udpBlocked;
    private boolean cut;

    private record Flow(int port, IpPort other) {}

    /// What takes the datagrams of a socket. `packet` is the receiver's to keep.
    public interface Receiver {
        void onDatagram(IpPort from, ByteBuffer packet);
    }

    /// An open UDP socket, of both families.
    public interface Socket {
        /// Sends the bytes between position and limit, from the host's address of the destination's family.
        void send(IpPort to, ByteBuffer packet);

        int port();

        void close();
    }

    public SimHost(String name, SimSegment segment, SimLink link, IpAddress... addresses) {
        this.name = name;
        this.segment = segment;
        this.link = link;
        this.addresses = List.of(addresses);
        this.addresses.forEach(address -> segment.attach(address, this));
    }

    public SimNetwork network() {
        return segment.network();
    }

    public List<IpAddress> addresses() {
        return addresses;
    }

    @Override
    public SimLink link() {
        return link;
    }

    public void link(SimLink link) {
        this.link = link;
    }

    /// Plugs the machine in elsewhere; its sockets stay.
    public void moveTo(SimSegment segment, IpAddress... addresses) {
        this.addresses.forEach(this.segment::detach);
        this.segment = segment;
        this.addresses = List.of(addresses);
        this.addresses.forEach(address -> segment.attach(address, this));
    }

    /// Lets in only what answers something sent out, from that very address and port.
    public void firewall(boolean on) {
        firewall = on;
    }

    /// Lets no UDP through in either direction; relays still work.
    public void blockUdp(boolean blocked) {
        udpBlocked = blocked;
    }

    /// Pulls the plug, or puts it back: relays do not work either.
    public void cut(boolean cut) {
        this.cut = cut;
    }

    public boolean isCut() {
        return cut;
    }

    public Socket bind(int port, Receiver receiver) {
        if (sockets.putIfAbsent(port, receiver) != null) {
            throw new IllegalStateException("port " + port + " of " + name + " is in use");
        }
        return new Socket() {
            @Override
            public void send(IpPort to, ByteBuffer packet) {
                SimHost.this.send(port, to, packet);
            }

            @Override
            public int port() {
                return port;
            }

            @Override
            public void close() {
                sockets.remove(port);
            }
        };
    }

    private void send(int port, IpPort to, ByteBuffer packet) {
        IpAddress from = addressFor(to.ip());
        if (from == null || udpBlocked || cut) {
            return;
        }
        sentOut.put(new Flow(port, to), network().now());
        segment.send(this, SimDatagram.copyOf(new IpPort(from, port), to, packet));
    }

    private @Nullable IpAddress addressFor(IpAddress to) {
        return addresses.stream().filter(own -> own.v4() == to.v4()).findFirst().orElse(null);
    }

    @Override
    public void receive(SimDatagram datagram) {
        Receiver receiver = sockets.get(datagram.to().port());
        boolean mine = addresses.contains(datagram.to().ip());
        if (receiver == null || !mine || udpBlocked || cut || !firewallAccepts(datagram)) {
            return;
        }
        receiver.onDatagram(datagram.from(), datagram.bytes());
    }

    private boolean firewallAccepts(SimDatagram datagram) {
        Long sent = sentOut.get(new Flow(datagram.to().port(), datagram.from()));
        return !firewall || sent != null && network().now() - sent <= FIREWALL_REMEMBERS;
    }

    @Override
    public String toString() {
        return name;
    }
}
