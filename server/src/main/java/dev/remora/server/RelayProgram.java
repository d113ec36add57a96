package dev.remora.server;

import dev.remora.base.IpPort;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.JdkAddresses;
import dev.remora.proto.derp.DerpServerKey;
import dev.remora.server.http.HttpCounts;
import dev.remora.server.http.HttpServer;
import dev.remora.server.http.HttpSettings;
import dev.remora.server.http.Routes;
import dev.remora.server.relay.BootstrapDns;
import dev.remora.server.relay.MeshSettings;
import dev.remora.server.relay.RelayHome;
import dev.remora.server.relay.RelayMetrics;
import dev.remora.server.relay.RelayServer;
import dev.remora.server.relay.RelaySettings;
import dev.remora.server.relay.VerifyUrl;
import dev.remora.server.stun.StunServer;
import dev.remora.server.tls.ClientTls;
import dev.remora.server.tls.ServerCertificate;
import dev.remora.server.tls.ServerTls;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/// A relay with what belongs to it: TLS, STUN, and plain HTTP where that is wanted.
public final class RelayProgram implements AutoCloseable {
    private final EngineLoop loop = EngineLoop.start("relay");
    private final ExecutorService slow = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timers =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("relay-timers").factory());
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private int port;

    private RelayProgram() {}

    /// @throws IOException if an address or a file is not to be had
    /// @throws GeneralSecurityException if the certificate or its key is not usable
    public static RelayProgram start(RelayFlags flags)
            throws IOException, GeneralSecurityException {
        RelayProgram program = new RelayProgram();
        try {
            program.open(flags);
            return program;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            program.close();
            throw e;
        }
    }

    private void open(RelayFlags flags) throws IOException, GeneralSecurityException {
        NodePrivateKey key = KeyFile.at(flags.state());
        Optional<ServerTls> tls = tls(flags, new DerpServerKey(key.publicKey().bytes()));
        RelayServer relay = new RelayServer(loop, settings(flags, key));
        BootstrapDns names = BootstrapDns.of(flags.bootstrapDns(), loop.netty());
        running.push(names);
        Routes routes = relay.routes().and(RelayHome.routes()).and(names.routes());
        HttpServer first = listen(flags, flags.listen(), tls, routes);
        this.port = first.address().getPort();
        List<HttpCounts> fronts = new ArrayList<>(List.of(first.counts()));
        if (flags.http().isPresent()) {
            fronts.add(listen(flags, flags.http().get(), Optional.empty(), routes).counts());
        }
        if (flags.metrics().isPresent()) {
            Routes metrics = RelayMetrics.routes(relay.counts(), fronts);
            listen(flags, flags.metrics().get(), Optional.empty(), metrics);
        }
        running.push(relay);
        if (flags.stun().isPresent()) {
            running.push(StunServer.start(loop, JdkAddresses.of(flags.stun().get())));
        }
    }

    /// The port it listens on, which the system chose if it was asked to.
    public int port() {
        return port;
    }

    private RelaySettings settings(RelayFlags flags, NodePrivateKey key)
            throws IOException, GeneralSecurityException {
        ClientTls dialing = ClientTls.trusting(flags.trust(), slow);
        RelaySettings settings = RelaySettings.open(key);
        if (flags.verify().isPresent()) {
            RelayFlags.Verify verify = flags.verify().get();
            settings =
                    settings.withAdmission(new VerifyUrl(verify.url(), verify.failOpen(), dialing));
        }
        if (flags.mesh().isPresent()) {
            RelayFlags.MeshWords mesh = flags.mesh().get();
            settings =
                    settings.withMesh(
                            new MeshSettings(KeyFile.mesh(mesh.key()), mesh.with(), dialing));
        }
        return settings.withAdmission(settings.admission().withLimit(flags.limit()));
    }

    private HttpServer listen(RelayFlags flags, IpPort at, Optional<ServerTls> tls, Routes routes)
            throws IOException {
        HttpSettings settings =
                HttpSettings.of(JdkAddresses.of(at), tls).withProxies(flags.proxies());
        HttpServer server = HttpServer.start(loop, settings, routes);
        running.push(server);
        return server;
    }

    private Optional<ServerTls> tls(RelayFlags flags, DerpServerKey key)
            throws IOException, GeneralSecurityException {
        return switch (flags.tls()) {
            case RelayFlags.Tls.Files files -> {
                WatchedCertificate.Watched watched =
                        WatchedCertificate.start(files, read -> telling(read, key), slow, timers);
                running.push(watched.watch());
                yield Optional.of(watched.tls());
            }
            case RelayFlags.Tls.SelfMade() -> {
                ServerCertificate made =
                        ServerCertificate.forAddress(flags.listen().ip(), Instant.now());
                yield Optional.of(ServerTls.of(telling(made, key), slow));
            }
            case RelayFlags.Tls.Off() -> Optional.empty();
        };
    }

    private static ServerCertificate telling(ServerCertificate certificate, DerpServerKey key)
            throws GeneralSecurityException {
        return certificate.tellingKey(key, Instant.now());
    }

    /// Ends what runs, the latest first, and tells clients.
    @Override
    public void close() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException("our servers end without exceptions", e);
            }
        }
        timers.shutdownNow();
        loop.close();
        slow.close();
    }
}
