package dev.remora;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.engine.PingResult;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.path.PeerPath;
import dev.remora.io.control.ControlState;
import dev.remora.io.control.ControlUrl;
import dev.remora.io.control.LoginOptions;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import dev.remora.io.state.StateFile;
import dev.remora.io.state.StateStore;
import dev.remora.node.Capacity;
import dev.remora.node.Node;
import dev.remora.node.NodeSettings;
import dev.remora.node.NodeStatus;
import dev.remora.node.PingKind;
import dev.remora.proto.control.AuthKey;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.HostInfoBuilder;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A member of a tailnet inside this JVM: no daemon, no TUN device, no root. Several may live side by side, each with its own keys and addresses.
///
///     try (RemoraNode node = RemoraNode.builder()
///             .controlUrl("https://headscale.example").authKey(key).hostname("reports").build()) {
///         node.up(Duration.ofSeconds(30));
///         try (ServerSocket server = node.listen(80)) {
///             Socket peer = server.accept();
///             …
///
/// All methods may be called from any thread. An open node has threads of its own, which keep the JVM alive until it is closed. What it has to say goes to SLF4J.
public final class RemoraNode implements AutoCloseable {
    private static final String CLOSED = "the node is closed";
    private static final int MAX_PORT = 65535;
    private static final long LEAST_MEMORY = 1 << 20;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

    private final Node node;
    private final StateStore state;
    private final Membership membership;
    private final ControlUrl controlUrl;
    private final LoginOptions login;
    private final Set<ServerSocket> listening = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private RemoraNode(
            Node node,
            StateStore state,
            Membership membership,
            ControlUrl controlUrl,
            LoginOptions login) {
        this.node = node;
        this.state = state;
        this.membership = membership;
        this.controlUrl = controlUrl;
        this.login = login;
    }

    /// Begins to describe a node.
    public static Builder builder() {
        return new Builder();
    }

    /// Joins the tailnet, or comes back to it, and waits until it is there.
    ///
    /// @throws IOException if that did not happen in time; the message says why, and [#status] goes on telling. The node keeps trying.
    ///     Also if the node is closed, before or meanwhile
    public void up(Duration timeout) throws IOException {
        requireOpen();
        membership.expect();
        node.login(controlUrl, membership.identity(), login);
        membership.awaitMember(timeout);
    }

    private void requireOpen() throws SocketException {
        if (closed) {
            throw new SocketException(CLOSED);
        }
    }

    /// How the node is doing now.
    ///
    /// @throws IllegalStateException if it is closed
    public RemoraStatus status() {
        NodeStatus now = node.status();
        Optional<NetMap> map = now.netMap();
        return new RemoraStatus(
                map.isPresent(),
                map.map(known -> Members.withoutDot(known.self().name())),
                map.map(known -> Members.inet(known.self().addresses())).orElse(List.of()),
                map.map(Members::all).orElse(List.of()),
                now.control() instanceof ControlState.NeedsLogin(_, var url)
                        ? url
                        : Optional.empty(),
                now.control() instanceof ControlState.Failed(_, var sentence, _)
                        ? Optional.of(sentence)
                        : Optional.empty());
    }

    /// Listens on a TCP port of this node's tailnet addresses. Closing the socket stops listening; accepted sockets go on.
    ///
    /// @param port 1 to 65535; it is independent of the ports of this machine, and of other nodes in this JVM
    /// @throws IOException if this node listens on that port already, or is closed
    /// @throws IllegalArgumentException if that is no port
    public ServerSocket listen(int port) throws IOException {
        requirePort(port);
        requireOpen();
        ServerSocket socket = TailnetServerSocket.listen(node, port, listening::remove);
        listening.add(socket);
        if (closed) {
            closeListening(); // it came behind the last look
        }
        return socket;
    }

    private void closeListening() {
        for (ServerSocket socket : listening) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new IllegalStateException("there is nothing in it that could fail", e);
            }
        }
    }

    private static void requirePort(int port) {
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("port out of range: " + port);
        }
    }

    /// Connects to a TCP port of another member. The socket is as the JDK's own: blocking, good for virtual threads, half-closed by `shutdownOutput`.
    /// Whoever interrupts a thread that waits for it, virtual or not, ends the connection.
    ///
    /// @param name its name on the tailnet, in full or just the first label, or one of its addresses
    /// @throws UnknownHostException if there is no such member, or it is this node itself
    /// @throws NoRouteToHostException if it is offline: control says so, and it has not answered for five seconds
    /// @throws IOException if this node is not on its tailnet yet or is closed; or if the member refuses or does not answer within 30 seconds; the message says what is known of the cause
    public Socket connect(String name, int port) throws IOException {
        return connect(name, port, CONNECT_TIMEOUT);
    }

    /// The same with another limit for the wait.
    ///
    /// @throws SocketTimeoutException if the member did not answer in time
    /// @throws NoRouteToHostException if it is offline
    /// @throws IllegalArgumentException if that is no port
    public Socket connect(String name, int port, Duration timeout) throws IOException {
        requirePort(port);
        requireOpen();
        return new Connecting(node, name, Members.resolve(node.netMap(), name), port)
                .await(timeout);
    }

    /// Asks a member for a sign of life, and tells which way it came.
    ///
    /// @param name as for [#connect]
    /// @throws UnknownHostException if there is no such member
    /// @throws IOException if it does not answer in time
    public Way way(String name, Duration timeout) throws IOException {
        requireOpen();
        try {
            PingResult result =
                    node.ping(Members.resolve(node.netMap(), name), PingKind.DISCO, 0)
                            .get(MILLISECONDS.convert(timeout), MILLISECONDS);
            return switch (result) {
                case PingResult.Answered(long latency, var path, int _) -> way(latency, path);
                case PingResult.TimedOut() -> throw new SocketTimeoutException(name + " is silent");
                case PingResult.Failed(var reason) -> throw new IOException(name + ": " + reason);
            };
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException(name + " is silent", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static Way way(long latency, Optional<PeerPath> path) {
        Duration roundTrip = Duration.ofNanos(latency);
        return switch (path.orElse(null)) {
            case PeerPath.Direct(var address) ->
                    new Way(
                            roundTrip,
                            Optional.of(
                                    new InetSocketAddress(
                                            TailnetSocketImpl.inet(address.ip()), address.port())),
                            OptionalInt.empty());
            case PeerPath.Relayed(var region) ->
                    new Way(roundTrip, Optional.empty(), OptionalInt.of(region.value()));
            case null -> new Way(roundTrip, Optional.empty(), OptionalInt.empty());
        };
    }

    /// Who the member with this address is; empty if nobody has it.
    public Optional<Who> whoIs(InetAddress address) {
        IpAddress ip = IpAddress.of(address.getAddress());
        return node.netMap().flatMap(map -> map.owner(ip).map(owner -> Members.who(map, owner)));
    }

    /// Leaves: an ephemeral node says goodbye, every socket is closed, [#up] stops waiting. The state directory may be used again.
    @Override
    public void close() {
        closed = true;
        closeListening();
        node.close();
        membership.onClosed(CLOSED);
        state.close();
    }

    /// What a node is made of. Without a state directory it is a new member each time, which suits an ephemeral one.
    public static final class Builder {
        private String controlUrl = "https://controlplane.tailscale.com";
        private @Nullable String authKey;
        private String hostname = "remora";
        private @Nullable Path stateDirectory;
        private @Nullable Path authorities;
        private List<String> tags = List.of();
        private boolean ephemeral;
        private int udpPort;
        private Capacity capacity = Capacity.DEFAULT;
        private boolean portable;

        private Builder() {}

        /// The control server: Tailscale's if nothing else is said.
        public Builder controlUrl(String url) {
            controlUrl = url;
            return this;
        }

        /// Lets the node in without a person. Not needed once its state directory holds a key that the server knows.
        public Builder authKey(String key) {
            authKey = key;
            return this;
        }

        /// What the node would like to be called on the tailnet; `remora` if nothing else is said. Control makes names unique.
        public Builder hostname(String name) {
            hostname = name;
            return this;
        }

        /// Where keys survive a restart.
        public Builder stateDirectory(Path directory) {
            stateDirectory = directory;
            return this;
        }

        /// A PEM file with the only certificate authorities to believe, in place of the system's and of those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
        public Builder authorities(Path pemFile) {
            authorities = pemFile;
            return this;
        }

        /// Tags to ask for, with their `tag:`.
        public Builder tags(String... names) {
            tags = List.of(names);
            return this;
        }

        /// The server forgets this node when it is closed, or has been away for a while.
        public Builder ephemeral(boolean is) {
            ephemeral = is;
            return this;
        }

        /// The UDP port for direct paths, 0 (the default) for any. While another program has it, the node uses another one.
        ///
        /// @throws IllegalArgumentException if that is no port
        public Builder udpPort(int port) {
            if (port < 0 || port > MAX_PORT) {
                throw new IllegalArgumentException("port out of range: " + port);
            }
            udpPort = port;
            return this;
        }

        /// Bytes that the buffers of all connections may take together; 64 MiB if nothing else is said.
        ///
        /// @throws IllegalArgumentException if that is less than a MiB, with which nothing would get through
        public Builder memory(long bytes) {
            if (bytes < LEAST_MEMORY) {
                throw new IllegalArgumentException(
                        bytes + " bytes are too little memory: it takes " + LEAST_MEMORY);
            }
            capacity = Capacity.ofBuffers(bytes);
            return this;
        }

        /// Does without native code: the JDK's own sockets and ciphers in place of epoll, of system calls in batches, and of OpenSSL. Slower by a
        /// factor of several under load; for places where native access is denied. Where there is no better, it is so anyway.
        public Builder portable(boolean is) {
            portable = is;
            return this;
        }

        /// Opens state and sockets; contacts nobody yet. Close the node when it is no longer needed.
        ///
        /// @throws IOException if the control URL is none, no authority can be read, or the state directory cannot be used; the message says why
        public RemoraNode build() throws IOException {
            ControlUrl url;
            try {
                url = ControlUrl.parse(controlUrl);
            } catch (MalformedException e) {
                throw new IOException("control URL \"" + controlUrl + "\": " + e.reason(), e);
            }
            if (authorities != null && !TlsTrust.isAuthorities(authorities)) {
                throw new IOException(
                        "no certificate authority can be read from the file " + authorities);
            }
            StateStore store =
                    stateDirectory == null ? StateStore.inMemory() : StateFile.open(stateDirectory);
            try {
                Membership membership = Membership.load(store);
                Node node = Node.start(settings(membership.machineKey(), store), membership);
                return new RemoraNode(node, store, membership, url, login());
            } catch (IOException | RuntimeException e) {
                store.close();
                throw e;
            }
        }

        private NodeSettings settings(MachinePrivateKey machineKey, StateStore store) {
            HostInfo host =
                    new HostInfoBuilder()
                            .hostname(hostname)
                            .os(System.getProperty("os.name").toLowerCase(Locale.ROOT))
                            .osVersion(System.getProperty("os.version"))
                            .ipnVersion("remora")
                            .app("remora-node")
                            .requestTags(tags)
                            .userspace(true)
                            .build();
            return new NodeSettings(
                    udpPort,
                    capacity,
                    machineKey,
                    trust(),
                    HttpProxies.of(System.getenv()),
                    portable ? Aead.jdk() : Aead.best(),
                    portable,
                    host,
                    store.cache(NodeSettings.CACHE_NAME));
        }

        private TlsTrust trust() {
            return authorities == null
                    ? TlsTrust.of(
                            Optional.ofNullable(System.getenv("SSL_CERT_FILE")),
                            Optional.ofNullable(System.getenv("SSL_CERT_DIR")))
                    : TlsTrust.only(authorities);
        }

        private LoginOptions login() {
            return new LoginOptions(
                    Optional.ofNullable(authKey).map(AuthKey::new),
                    ephemeral,
                    false,
                    Optional.empty(),
                    0,
                    Optional.empty());
        }
    }
}
