package dev.remora.lab.crowd;

import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.lab.crowd.InnerLink.Answer;
import dev.remora.lab.run.LabException;
import dev.remora.proto.control.AuthKey;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.HostInfoBuilder;
import dev.remora.proto.control.MapFrames;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.MapResponse;
import dev.remora.proto.control.NodeInfo;
import dev.remora.proto.control.PeerChange;
import dev.remora.proto.control.RegisterAuth;
import dev.remora.proto.control.RegisterRequest;
import dev.remora.proto.control.RegisterResponse;
import dev.remora.server.control.InnerFrames.Frame;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One node: keeps only who its peers are and at which port each is.
public final class CrowdNode implements AutoCloseable {
    private final String name;
    private String user = "";
    private final String from;
    private final int port;
    private final MachineKey server;
    private final MachinePrivateKey machine = MachinePrivateKey.generate(new SecureRandom());
    private final NodeKey key = NodePrivateKey.generate(new SecureRandom()).publicKey();
    private final DiscoKey disco = new DiscoKey(key.bytes()); // nobody will ever write to it
    private final HostInfo host;
    private final Map<Long, Integer> peers = new ConcurrentHashMap<>();
    private final AtomicInteger retries = new AtomicInteger();
    private @Nullable InnerLink link;
    private int udpPort = 41641;
    private volatile boolean informed;
    private volatile long id;

    /// @param from its address, one of loopback's
    /// @param port where the server is
    public CrowdNode(String name, String from, int port, MachineKey server) {
        this.name = name;
        this.from = from;
        this.port = port;
        this.server = server;
        this.host =
                new HostInfoBuilder()
                        .hostname(name)
                        .os("linux")
                        .osVersion("6.12.57+deb13-amd64")
                        .distro("debian")
                        .distroVersion("13")
                        .ipnVersion("1.102.5")
                        .machine("x86_64")
                        .build();
    }

    /// Connects and registers.
    public RegisterResponse register(String authKey) throws IOException {
        connect();
        RegisterRequest wish =
                new RegisterRequest(
                        InnerLink.VERSION,
                        key,
                        null,
                        null,
                        new RegisterAuth(new AuthKey(authKey)),
                        null,
                        null,
                        host,
                        null,
                        null,
                        null);
        Answer answer = ask("/machine/register", wish);
        if (answer.status() != 200) {
            throw new IOException(name + " was answered " + answer);
        }
        try {
            return ControlJson.read(
                    RegisterResponse.class, answer.body().getBytes(StandardCharsets.UTF_8));
        } catch (MalformedException e) {
            throw new IOException(e);
        }
    }

    /// Connects, without a word beyond that.
    public synchronized InnerLink connect() throws IOException {
        close();
        InnerLink fresh = InnerLink.open(from, port, server, machine);
        link = fresh;
        return fresh;
    }

    /// Asks for something short, before it polls.
    public Answer ask(String path, Object message) throws IOException {
        return link().answer(link().request(path, ControlJson.write(message)));
    }

    private InnerLink link() {
        if (link == null) {
            throw new IllegalStateException(name + " is not connected");
        }
        return link;
    }

    /// Asks for the map and follows what changes in it on a thread of its own, until the connection ends.
    public synchronized void poll() throws IOException {
        InnerLink current = link();
        peers.clear();
        informed = false;
        int stream = current.request("/machine/map", ControlJson.write(mapRequest(key, true)));
        Thread.ofVirtual().name(name).start(() -> follow(current, stream));
    }

    /// The same, and never reads a byte of it.
    public void pollWithoutReading() throws IOException {
        link().request("/machine/map", ControlJson.write(mapRequest(key, true)));
    }

    /// Tells that it is now at another port.
    public void moveTo(int newPort) throws IOException {
        udpPort = newPort;
        link().request("/machine/map", ControlJson.write(mapRequest(key, false)));
    }

    /// @param stream whether all is wanted, or only told
    public MapRequest mapRequest(NodeKey node, boolean stream) {
        return new MapRequest(
                InnerLink.VERSION,
                "zstd",
                true,
                node,
                disco,
                stream,
                host,
                List.of(endpoint()),
                List.of(1L),
                null,
                !stream,
                null,
                false);
    }

    private IpPort endpoint() {
        try {
            return IpPort.parse("192.0.2.1:" + udpPort);
        } catch (MalformedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void follow(InnerLink current, int stream) {
        try {
            read(current, stream);
        } catch (IOException e) {
            comeAgain(current);
        } catch (MalformedException e) {
            throw new LabException(name + " does not understand its map", e);
        }
    }

    /// Reads until the answer or the connection ends.
    private void read(InnerLink current, int stream) throws IOException, MalformedException {
        MapFrames frames = new MapFrames(true, MapFrames.Limits.DEFAULT);
        while (true) {
            Frame frame = current.read();
            if (frame.type() == Http2FrameTypes.HEADERS) {
                current.status(frame);
            }
            if (frame.stream() != stream) {
                continue;
            }
            if (frame.type() == Http2FrameTypes.DATA) {
                frames.add(ByteBuffer.wrap(frame.payload()));
                for (var next = frames.next(); next.isPresent(); next = frames.next()) {
                    fold(current, next.get());
                }
            }
            if (frame.ends() || frame.type() == Http2FrameTypes.RST_STREAM) {
                throw new EOFException("the map has ended");
            }
        }
    }

    /// What a client does whose map ends, unless it has gone on to another by itself.
    private synchronized void comeAgain(InnerLink ended) {
        if (link == ended) {
            informed = false;
            retries.incrementAndGet();
            try {
                connect();
                poll();
            } catch (IOException e) {
                close();
            }
        }
    }

    /// What still comes on a connection that was left counts no more.
    private synchronized void fold(InnerLink current, MapResponse message) {
        if (link != current) {
            return;
        }
        if (message.node() != null) {
            id = message.node().id();
        }
        list(message.peers()).forEach(this::put);
        list(message.peersChanged()).forEach(this::put);
        list(message.peersRemoved()).forEach(peers::remove);
        for (PeerChange patch : list(message.peersChangedPatch())) {
            if (patch.endpoints() != null && !patch.endpoints().isEmpty()) {
                peers.computeIfPresent(
                        patch.nodeId(), (peer, before) -> patch.endpoints().getFirst().port());
            }
        }
        informed |= !message.keepAlive();
    }

    private void put(NodeInfo node) {
        List<IpPort> endpoints = list(node.endpoints());
        peers.put(node.id(), endpoints.isEmpty() ? 0 : endpoints.getFirst().port());
    }

    private static <T> List<T> list(@Nullable List<T> values) {
        return values == null ? List.of() : values;
    }

    /// Whether a first map has come on this connection.
    boolean isInformed() {
        return informed;
    }

    /// Whose it is, if a crowd made it join.
    public String user() {
        return user;
    }

    void belongTo(String someone) {
        user = someone;
    }

    int retries() {
        return retries.get();
    }

    int peers() {
        return peers.size();
    }

    /// Whether it knows that a peer is at a port.
    boolean finds(CrowdNode peer, int at) {
        return Integer.valueOf(at).equals(peers.get(peer.id));
    }

    public NodeKey key() {
        return key;
    }

    @Override
    public synchronized void close() {
        InnerLink last = link;
        link = null;
        if (last != null) {
            last.close();
        }
    }
}
