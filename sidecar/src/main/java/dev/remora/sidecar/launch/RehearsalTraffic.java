package dev.remora.sidecar.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.io.control.ControlUrl;
import dev.remora.io.control.LoginOptions;
import dev.remora.io.control.NodeIdentity;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import dev.remora.io.state.CacheFile;
import dev.remora.io.state.StateFile;
import dev.remora.node.Capacity;
import dev.remora.node.Node;
import dev.remora.node.NodeListener;
import dev.remora.node.NodeSettings;
import dev.remora.node.PingKind;
import dev.remora.node.StreamChannel;
import dev.remora.proto.control.HostInfoBuilder;
import dev.remora.sidecar.serve.AppAddress;
import dev.remora.sidecar.serve.ServedPorts;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Traffic for the [Rehearsal]: a node with a served port and a peer who calls it, in this process. The JVM keeps which of the methods on a packet's way are
/// hot, and with what types; a daemon compiles them for good when its first traffic comes, instead of finding out anew.
///
/// Both nodes are restarted members of a tailnet whose control server is away: what they know of each other is in their caches.
final class RehearsalTraffic {
    private static final int PORT = 80;
    private static final int REQUEST = 64;
    private static final int ANSWER = 256;

    /// For all of it. Some seconds are enough on a quiet machine, and what takes longer is not worth waiting for.
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);

    private final SecureRandom random = new SecureRandom();
    private final Path folder;
    private final Amounts amounts;
    private final Member server = new Member(1);
    private final Member client = new Member(2);
    private final long start = System.nanoTime();

    /// @param bulk bytes in each direction
    /// @param requests over one connection
    /// @param connections with a request each
    record Amounts(int bulk, int requests, int connections) {
        /// So much that the JVM takes everything on the way for hot.
        static final Amounts HOT = new Amounts(96 << 20, 8000, 300);
    }

    private RehearsalTraffic(Path folder, Amounts amounts) {
        this.folder = folder;
        this.amounts = amounts;
    }

    /// Runs the traffic, and returns when all of it has arrived.
    ///
    /// @param folder an empty one, for the nodes' caches
    static void run(Path folder, Amounts amounts) throws IOException {
        try {
            new RehearsalTraffic(folder, amounts).run();
        } catch (MalformedException
                | InterruptedException
                | ExecutionException
                | TimeoutException e) {
            throw new IOException("the rehearsed traffic did not arrive", e);
        }
    }

    private void run()
            throws IOException,
                    MalformedException,
                    InterruptedException,
                    ExecutionException,
                    TimeoutException {
        try (RehearsalApp app = RehearsalApp.start();
                Node serving = server.start(client, Optional.empty());
                Node calling = client.start(server, Optional.of(serving.status().udpPortV4()));
                ServedPorts ports = new ServedPorts(serving.loop(), serving::listen)) {
            ports.update(Map.of(PORT, new AppAddress("localhost", app.port())));
            within(calling.ping(server.ip(), PingKind.DISCO, 0));
            exchange(calling, amounts.bulk, 1);
            exchange(calling, 1, amounts.bulk);
            RehearsalCaller caller = connect(calling);
            for (int i = 0; i < amounts.requests; i++) {
                within(caller.exchange(REQUEST, ANSWER));
            }
            caller.close();
            for (int i = 0; i < amounts.connections; i++) {
                exchange(calling, REQUEST, ANSWER);
            }
        }
    }

    /// Sends and receives so many bytes over a connection of their own.
    private void exchange(Node calling, int up, int down)
            throws InterruptedException, ExecutionException, TimeoutException {
        RehearsalCaller caller = connect(calling);
        within(caller.exchange(up, down));
        caller.close();
    }

    private RehearsalCaller connect(Node calling)
            throws InterruptedException, ExecutionException, TimeoutException {
        RehearsalCaller caller = new RehearsalCaller();
        StreamChannel _ = within(calling.connect(server.ip(), PORT, caller));
        within(caller.connected());
        return caller;
    }

    private <T> T within(CompletableFuture<T> result)
            throws InterruptedException, ExecutionException, TimeoutException {
        return result.get(start + PATIENCE_NS - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /// One of the two nodes: what is known of it before it starts.
    private final class Member {
        private final int number;
        private final NodePrivateKey key = NodePrivateKey.generate(random);
        private final DiscoPrivateKey disco = DiscoPrivateKey.generate(random);

        Member(int number) {
            this.number = number;
        }

        IpAddress ip() {
            return IpAddress.of(new byte[] {100, 64, 0, (byte) number});
        }

        /// @param peersPort where the peer is on this machine, if that is known
        Node start(Member peer, Optional<Integer> peersPort)
                throws IOException, MalformedException {
            CacheFile cache = cache();
            cache.write(
                    """
                    %s 0
                    {"Node":%s,"Peers":[%s],"PacketFilters":{"base":[{"SrcIPs":["*"],"DstPorts":[{"IP":"*","Ports":{"First":0,"Last":65535}}]}]}}
                    """
                            .formatted(disco.text(), json(Optional.empty()), peer.json(peersPort))
                            .getBytes(UTF_8));
            Node node = Node.start(settings(cache), new NodeListener() {});
            node.login(
                    ControlUrl.parse("http://127.0.0.1:9"),
                    new NodeIdentity(Optional.of(key), Optional.empty()),
                    LoginOptions.RESUME);
            return node;
        }

        private CacheFile cache() throws IOException {
            return StateFile.open(folder.resolve("member" + number))
                    .cache(NodeSettings.CACHE_NAME)
                    .orElseThrow();
        }

        private NodeSettings settings(CacheFile cache) {
            return new NodeSettings(
                    0,
                    Capacity.DEFAULT,
                    MachinePrivateKey.generate(random),
                    TlsTrust.of(Optional.empty(), Optional.empty()),
                    HttpProxies.NONE,
                    Aead.best(),
                    false,
                    new HostInfoBuilder().build(),
                    Optional.of(cache));
        }

        private String json(Optional<Integer> port) {
            return "{\"ID\":%d,\"Key\":\"%s\",\"DiscoKey\":\"%s\",\"Addresses\":[\"%s/32\"],\"AllowedIPs\":[\"%s/32\"],\"Endpoints\":[%s]}"
                    .formatted(
                            number,
                            key.publicKey().text(),
                            disco.publicKey().text(),
                            ip(),
                            ip(),
                            port.map(known -> "\"127.0.0.1:" + known + "\"").orElse(""));
        }
    }
}
