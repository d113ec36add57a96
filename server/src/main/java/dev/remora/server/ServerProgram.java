package dev.remora.server;

import dev.remora.base.IpPort;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.JdkAddresses;
import dev.remora.proto.derp.DerpServerKey;
import dev.remora.server.admin.AdminApi;
import dev.remora.server.admin.AdminServer;
import dev.remora.server.control.ControlRoutes;
import dev.remora.server.control.ControlSettings;
import dev.remora.server.http.HttpServer;
import dev.remora.server.http.HttpSettings;
import dev.remora.server.http.Routes;
import dev.remora.server.netmap.MapService;
import dev.remora.server.netmap.MapSettings;
import dev.remora.server.netmap.TailnetSource;
import dev.remora.server.policy.Policy;
import dev.remora.server.policy.PolicyException;
import dev.remora.server.relay.Admission;
import dev.remora.server.relay.RateLimit;
import dev.remora.server.relay.RelayServer;
import dev.remora.server.relay.RelaySettings;
import dev.remora.server.stun.StunServer;
import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.Refused;
import dev.remora.server.tailnet.Tailnet;
import dev.remora.server.tls.KeptCertificate;
import dev.remora.server.tls.ServerCertificate;
import dev.remora.server.tls.ServerTls;
import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A whole tailnet's centre in one process: control server, relay, STUN, and the socket for commands.
public final class ServerProgram implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerProgram.class);

    private final ServerFlags flags;
    private final Tailnet tailnet;
    private final EngineLoop loop = EngineLoop.start("server");
    private final ExecutorService slow = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timers;
    private final Deque<AutoCloseable> running = new ArrayDeque<>();

    private ServerProgram(ServerFlags flags, ScheduledExecutorService timers, Tailnet tailnet) {
        this.flags = flags;
        this.timers = timers;
        this.tailnet = tailnet;
    }

    /// Starts everything; when this returns, clients are served.
    ///
    /// @throws IOException if an address or a file is not to be had; the message says which and why
    /// @throws GeneralSecurityException if the certificate or its key is not usable
    public static ServerProgram start(ServerFlags flags)
            throws IOException, GeneralSecurityException {
        ScheduledExecutorService timers =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("server-timers").factory());
        ServerProgram program =
                new ServerProgram(flags, timers, StateDirectory.open(flags, timers));
        try {
            program.open();
            return program;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /// Whether a start with these flags would find its files, and sense in them. Listens nowhere and changes nothing; a policy is read without the users
    /// and nodes there are.
    ///
    /// @throws IOException what a start would say
    public static void check(ServerFlags flags) throws IOException, GeneralSecurityException {
        StateDirectory.settings(flags);
        if (flags.tls() instanceof RelayFlags.Tls.Files(var chain, var key)) {
            fitting(flags, ServerCertificate.read(chain, key), chain.toString());
        }
        if (flags.extraRecords().isPresent()) {
            Names.records(Files.readString(flags.extraRecords().get()));
        }
        if (flags.policy().isPresent()) {
            try {
                Policy.parse(Files.readString(flags.policy().get()));
            } catch (PolicyException e) {
                throw new IOException("the policy is refused: " + e.getMessage(), e);
            }
        }
    }

    /// The service layer, for a program that has the server inside.
    public Tailnet tailnet() {
        return tailnet;
    }

    private void open() throws IOException, GeneralSecurityException {
        running.push(tailnet);
        if (!flags.url().isSteady()) {
            LOG.warn(
                    "clients that lose {} may not find it again: without TLS they need a private address there, or localhost",
                    flags.url());
        }
        if (flags.policy().isPresent()) {
            running.push(WatchedFile.start(flags.policy().get(), timers, this::setPolicy));
        }
        Names.of(flags, timers, tailnet).ifPresent(running::push);
        MapService maps =
                TailnetSource.serve(
                        tailnet,
                        MapSettings.of(
                                flags.url().host(),
                                flags.baseDomain(),
                                tailnet.settings().ipv4(),
                                tailnet.settings().ipv6()),
                        Clock.systemUTC());
        running.push(maps);
        Routes routes =
                ControlRoutes.of(
                        tailnet,
                        maps,
                        KeyFile.noise(flags.state()),
                        ControlSettings.standard()
                                .withProgram("remora server --state=" + flags.state()));
        NodePrivateKey relayKey = KeyFile.at(flags.state());
        RelayServer relay =
                new RelayServer(loop, RelaySettings.open(relayKey).withAdmission(members()));
        Optional<ServerTls> tls = tls(relay.publicKey());
        OptionalInt stunPort = startStun();
        Optional<OwnRelay> own = startRelay(relay, tls.isPresent(), stunPort);
        running.push(Relays.start(flags, own, timers, tailnet));
        // besides an address of its own, for clients that do not know certificates by fingerprint
        boolean shared = own.isPresent() && (flags.relay().isEmpty() || flags.url().secure());
        HttpServer server =
                listen(flags.listen(), tls, shared ? routes.and(relay.routes()) : routes);
        running.push(relay);
        running.push(AdminServer.start(loop, flags.state(), new AdminApi(tailnet, maps), slow));
        if (flags.metrics().isPresent()) {
            Metrics metrics = new Metrics(tailnet, maps.counts(), relay.counts(), server.counts());
            listen(flags.metrics().get(), Optional.empty(), metrics.routes());
        }
        LOG.info(
                "listening on {}; nodes join with --login-server={}",
                new IpPort(flags.listen().ip(), server.address().getPort()),
                flags.url());
    }

    private void setPolicy(String text) throws IOException {
        try {
            tailnet.policy()
                    .set(text, new Actor("policy file"))
                    .forEach(remark -> LOG.warn("policy, {}", remark));
        } catch (PolicyException e) {
            throw new IOException("the policy is refused: " + e.getMessage(), e);
        } catch (Refused e) {
            throw new IOException(e.sentence(), e);
        }
    }

    /// Our relay is for members; whether one is a member is known in memory.
    private Admission members() {
        return arrival ->
                CompletableFuture.completedFuture(
                        tailnet.knows(arrival.key())
                                ? new Admission.Verdict.Admitted(RateLimit.NONE)
                                : new Admission.Verdict.Refused("no member of the tailnet"));
    }

    private Optional<ServerTls> tls(DerpServerKey relay)
            throws IOException, GeneralSecurityException {
        return switch (flags.tls()) {
            case RelayFlags.Tls.Files files -> Optional.of(watched(files, relay));
            case RelayFlags.Tls.SelfMade() -> Optional.of(wrap(selfMade(), relay));
            case RelayFlags.Tls.Off() -> Optional.empty();
        };
    }

    private ServerTls watched(RelayFlags.Tls.Files files, DerpServerKey relay)
            throws IOException, GeneralSecurityException {
        WatchedCertificate.Watched watched =
                WatchedCertificate.start(
                        files,
                        read -> telling(fitting(flags, read, files.chain().toString()), relay),
                        slow,
                        timers);
        running.push(watched.watch());
        return watched.tls();
    }

    private ServerTls wrap(ServerCertificate certificate, DerpServerKey relay)
            throws IOException, GeneralSecurityException {
        return ServerTls.of(telling(certificate, relay), slow);
    }

    private static ServerCertificate telling(ServerCertificate certificate, DerpServerKey relay)
            throws GeneralSecurityException {
        return certificate.tellingKey(relay, Instant.now());
    }

    private static ServerCertificate fitting(
            ServerFlags flags, ServerCertificate certificate, String file) throws IOException {
        if (!certificate.covers(flags.url().host())) {
            throw new IOException(
                    "the certificate in "
                            + file
                            + " is not for "
                            + flags.url().host()
                            + ", which --url names");
        }
        return certificate;
    }

    private ServerCertificate selfMade() throws IOException, GeneralSecurityException {
        ServerCertificate made =
                KeptCertificate.in(flags.state(), flags.url().host(), Instant.now());
        LOG.info(
                "clients trust {} when tailscaled runs with SSL_CERT_FILE naming it, or when it is among the system's certificates",
                flags.state().resolve(KeptCertificate.CERTIFICATE).toAbsolutePath());
        return made;
    }

    private OptionalInt startStun() throws IOException {
        if (flags.stun().isEmpty()) {
            return OptionalInt.empty();
        }
        StunServer stun = StunServer.start(loop, JdkAddresses.of(flags.stun().get()));
        running.push(stun);
        return OptionalInt.of(stun.address().getPort());
    }

    /// Where clients find our relay: on an address of its own, or where the control server is.
    private Optional<OwnRelay> startRelay(
            RelayServer relay, boolean serverSpeaksTls, OptionalInt stunPort)
            throws IOException, GeneralSecurityException {
        if (flags.relay().isPresent()) {
            return Optional.of(startRelay(relay, flags.relay().get(), stunPort));
        }
        if (!flags.withRelay()) {
            return Optional.empty();
        }
        if (!serverSpeaksTls && !flags.url().secure()) {
            LOG.warn(
                    "there is no relay: clients speak TLS to one, so give it an address with --relay=IP:PORT");
            return Optional.empty();
        }
        ServerUrl url = flags.url();
        return Optional.of(
                new OwnRelay(url.host(), url.port(), new OwnRelay.Trust.Verified(), stunPort));
    }

    /// On an address of its own, where clients know its certificate by the fingerprint.
    private OwnRelay startRelay(RelayServer relay, IpPort address, OptionalInt stunPort)
            throws IOException, GeneralSecurityException {
        ServerCertificate own = ServerCertificate.forAddress(address.ip(), Instant.now());
        HttpServer listener =
                listen(address, Optional.of(wrap(own, relay.publicKey())), relay.routes());
        return new OwnRelay(
                flags.url().host(),
                listener.address().getPort(),
                new OwnRelay.Trust.Pinned(own.fingerprint()),
                stunPort);
    }

    private HttpServer listen(IpPort address, Optional<ServerTls> tls, Routes routes)
            throws IOException {
        HttpSettings settings =
                HttpSettings.of(JdkAddresses.of(address), tls).withProxies(flags.proxies());
        HttpServer server = HttpServer.start(loop, settings, routes);
        running.push(server);
        return server;
    }

    /// Ends what runs, the latest first: relay clients are told, polls end, what is not kept yet is kept.
    @Override
    public void close() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                LOG.warn("while ending", e);
            }
        }
        timers.shutdownNow();
        loop.close();
        slow.close();
    }
}
