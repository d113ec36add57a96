package dev.remora.server.tailnet;

import dev.remora.base.Bytes32;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.AuthKey;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.HostInfoBuilder;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.NetInfo;
import dev.remora.proto.control.RegisterAuth;
import dev.remora.proto.control.RegisterRequest;
import dev.remora.proto.control.RegisterResponse;
import dev.remora.server.model.Node;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client sends, as far as the tailnet sees it.
public final class TestClient {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Tailnet tailnet;
    final MachineKey machine;
    NodeKey nodeKey = new NodeKey(randomBytes());
    DiscoKey disco = new DiscoKey(randomBytes());
    String hostname;
    List<String> requestTags = List.of();
    List<IpPrefix> routes = new ArrayList<>();
    List<IpPort> endpoints = new ArrayList<>();
    int homeDerp;
    long version = 138;
    boolean ephemeral;
    @Nullable NodeKey oldNodeKey;
    @Nullable Instant expiry;

    public TestClient(Tailnet tailnet, String hostname) {
        this(tailnet, hostname, new MachineKey(randomBytes()));
    }

    TestClient(Tailnet tailnet, String hostname, MachineKey machine) {
        this.tailnet = tailnet;
        this.hostname = hostname;
        this.machine = machine;
    }

    private static Bytes32 randomBytes() {
        byte[] bytes = new byte[Bytes32.LENGTH];
        RANDOM.nextBytes(bytes);
        return Bytes32.of(bytes);
    }

    /// The same installation, with another profile or server.
    TestClient sameMachine(Tailnet other) {
        return new TestClient(other, hostname, machine);
    }

    void newNodeKey() {
        oldNodeKey = nodeKey;
        nodeKey = new NodeKey(randomBytes());
    }

    void announce(String... prefixes) throws MalformedException {
        routes.clear();
        for (String prefix : prefixes) {
            routes.add(IpPrefix.parse(prefix));
        }
    }

    void at(String... addresses) throws MalformedException {
        endpoints.clear();
        for (String address : addresses) {
            endpoints.add(IpPort.parse(address));
        }
    }

    public RegisterResponse register(AuthKey key) throws InterruptedException, Overloaded {
        return tailnet.register(machine, request(key, null));
    }

    RegisterResponse register() throws InterruptedException, Overloaded {
        return tailnet.register(machine, request(null, null));
    }

    RegisterResponse followUp(String url) throws InterruptedException, Overloaded {
        return tailnet.register(machine, request(null, url));
    }

    RegisterResponse logOut(@Nullable AuthKey key) throws InterruptedException, Overloaded {
        expiry = Instant.ofEpochSecond(123);
        try {
            return tailnet.register(machine, request(key, null));
        } finally {
            expiry = null;
        }
    }

    private RegisterRequest request(@Nullable AuthKey key, @Nullable String followup) {
        return new RegisterRequest(
                version,
                nodeKey,
                oldNodeKey,
                null,
                key == null ? null : new RegisterAuth(key),
                expiry,
                followup,
                hostInfo(),
                ephemeral,
                null,
                null);
    }

    HostInfo hostInfo() {
        HostInfo info =
                new HostInfoBuilder()
                        .hostname(hostname)
                        .os("linux")
                        .requestTags(requestTags)
                        .routableIps(routes)
                        .build();
        return homeDerp == 0 ? info : info.withNetInfo(NetInfo.onlyHome(homeDerp));
    }

    /// What the server has of it now.
    public Node node() {
        return tailnet.node(machine, nodeKey).orElseThrow();
    }

    /// The request beside the poll: tells and wants nothing back.
    public void report() {
        tailnet.report(node().id(), mapRequest(false));
    }

    Poll poll() {
        tailnet.report(node().id(), mapRequest(true));
        return tailnet.pollOpened(node().id());
    }

    private MapRequest mapRequest(boolean stream) {
        return new MapRequest(
                version,
                "zstd",
                true,
                nodeKey,
                disco,
                stream,
                hostInfo(),
                List.copyOf(endpoints),
                null,
                null,
                !stream,
                null,
                false);
    }
}
