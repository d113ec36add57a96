package dev.remora.sidecar.demo;

import dev.remora.RemoraNode;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.io.loop.JdkAddresses;
import dev.remora.server.ServerFlags;
import dev.remora.server.ServerProgram;
import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.NewAuthKey;
import dev.remora.server.tailnet.NewUser;
import dev.remora.server.tailnet.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The demo as it runs.
final class Demo implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Demo.class);
    private static final String DOMAIN = "demo.internal";
    private static final String APP = "app";
    private static final int PAGE_PORT = 8080;
    private static final int WEB_PORT = 80;
    private static final long NODE_MEMORY = 16 << 20;
    private static final Duration JOIN_WITHIN = Duration.ofSeconds(30);

    private final Path directory = Files.createTempDirectory("remora-demo-");
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final String url;
    private final boolean local;
    private final String authKey;
    private final RemoraNode app;
    private final int localPort;
    private final int pagePort;

    /// Starts all of it.
    ///
    /// @param listen where the control server awaits nodes; a port of 0 is any, and so is an address of zeros
    Demo(IpPort listen) throws IOException, MalformedException, GeneralSecurityException, Refused {
        try {
            IpPort free = withPort(listen);
            IpAddress ip = free.ip().isUnspecified() ? Reachable.address() : free.ip();
            local = ip.isLoopback();
            url = "http://" + new IpPort(ip, free.port());
            ServerProgram server = begun(ServerProgram.start(flags(free)));
            authKey = key(server);
            RemoraNode visitor = begun(node("visitor"));
            app = begun(node(APP));
            joinBoth(visitor);
            DemoApp web = begun(DemoApp.start());
            localPort = web.port();
            begun(DemoServe.start(app, localPort));
            ServerSocket page = page();
            pagePort = page.getLocalPort();
            begun(Listening.on(page, browser -> visit(visitor, browser)));
        } catch (IOException
                | MalformedException
                | GeneralSecurityException
                | Refused
                | RuntimeException e) {
            close();
            throw e;
        }
    }

    private static void visit(RemoraNode visitor, Socket browser) throws IOException {
        try (Socket tailnet = visitor.connect(APP, WEB_PORT)) {
            Listening.splice(browser, tailnet);
        }
    }

    /// Nodes are told a URL with a port, so there must be one before the server listens.
    private static IpPort withPort(IpPort listen) throws IOException {
        if (listen.port() != 0) {
            return listen;
        }
        try (ServerSocket probe = new ServerSocket(0, 1, JdkAddresses.of(listen.ip()))) {
            return new IpPort(listen.ip(), probe.getLocalPort());
        } catch (BindException e) {
            throw new IOException(listen.ip() + " is no address of this machine", e);
        }
    }

    private ServerFlags flags(IpPort listen) throws MalformedException {
        IpPort any = new IpPort(listen.ip(), 0);
        return ServerFlags.parse(
                List.of(
                        "--state=" + directory.resolve("server"),
                        "--listen=" + listen,
                        "--url=" + url,
                        "--tls=off",
                        "--relay=" + any,
                        "--stun=" + any,
                        "--base-domain=" + DOMAIN));
    }

    private static String key(ServerProgram server) throws Refused {
        Actor actor = new Actor("demo");
        long user = server.tailnet().users().create(NewUser.named("demo"), actor).id();
        NewAuthKey wanted =
                new NewAuthKey(
                        OptionalLong.of(user),
                        Set.of(),
                        true,
                        true,
                        Optional.of(Duration.ofDays(1)),
                        true,
                        false,
                        "");
        return server.tailnet().authKeys().create(wanted, actor).secret().secret();
    }

    private RemoraNode node(String name) throws IOException {
        return RemoraNode.builder()
                .controlUrl(url)
                .authKey(authKey)
                .hostname(name)
                .ephemeral(true)
                .memory(NODE_MEMORY)
                .build();
    }

    private void joinBoth(RemoraNode visitor) throws IOException {
        var visiting = Thread.startVirtualThread(() -> join(visitor));
        join(app);
        try {
            visiting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        visitor.up(JOIN_WITHIN); // at once, or why it failed
    }

    private static void join(RemoraNode node) {
        try {
            node.up(JOIN_WITHIN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A port that is easy to type, or any.
    private static ServerSocket page() throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        try {
            return new ServerSocket(PAGE_PORT, 50, here);
        } catch (BindException e) {
            return new ServerSocket(0, 50, here);
        }
    }

    private <T extends AutoCloseable> T begun(T part) {
        running.push(part);
        return part;
    }

    /// What there is to see, in a few lines.
    String text() {
        String address = app.status().addresses().getFirst().getHostAddress();
        return """
        A tailnet of two nodes runs in this process. Ctrl-C ends it and leaves nothing behind.

          the app      http://%s.%s/  at %s on the tailnet; itself it listens on 127.0.0.1:%d only
          to see it    http://127.0.0.1:%d/  in a browser here: goes over the tailnet, by the node "visitor"
          to join      tailscale up --login-server=%s --auth-key=%s
                       %s
        """
                .formatted(
                        APP,
                        DOMAIN,
                        address,
                        localPort,
                        pagePort,
                        url,
                        authKey,
                        local
                                ? "on this machine; for others, start the demo with --listen=<an address of this machine>"
                                : "on any machine that reaches this one");
    }

    /// Ends what runs, the latest first, and removes what was kept.
    @Override
    public void close() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                LOG.warn("while ending", e);
            }
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("{} is left behind: {}", directory, e.getMessage());
        }
    }
}
