package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.apps.Curl;
import dev.remora.lab.apps.FlaskApp;
import dev.remora.lab.apps.TcpClient;
import dev.remora.lab.apps.TcpServer;
import dev.remora.lab.apps.TcpServer.Behaviour;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Much at once, much one after the other, and apps that behave badly.
@Tag("host")
@ExtendWith(LabExtension.class)
class LoadTest {
    private static final long GIGABYTE = 1_000_000_000;
    private static final long MEMORY_LIMIT = 256_000_000;
    private static final int END_FIRST_BYTES = 3_000_000;

    private static RemoraDaemon app;
    private static Tailscaled peer;
    private static TcpClient client;
    private static String ip;
    private static TcpServer echo;
    private static TcpServer endFirst;

    @BeforeAll
    static void start(Lab lab) {
        Headscale headscale = lab.headscale();
        peer = lab.tailscaled(lab.host("peer"), Tailscaled.Mode.TUN);
        app = lab.remora(lab.host("app"));
        peer.up(headscale);
        app.up(headscale);
        client = new TcpClient(peer.host());
        ip = app.ip4();
        String localhost = "127.0.0.1";
        echo = TcpServer.start(app.host(), 7001, Behaviour.ECHO);
        TcpServer.start(app.host(), localhost, 7002, Behaviour.SOURCE, GIGABYTE);
        TcpServer.start(app.host(), 7003, Behaviour.SINK);
        endFirst =
                TcpServer.start(app.host(), localhost, 7004, Behaviour.END_FIRST, END_FIRST_BYTES);
        TcpServer.start(app.host(), 7005, Behaviour.RESET);
        List.of(7001, 7002, 7003, 7004, 7005).forEach(port -> serve(port, port));
        Ways.awaitDirect(peer, app);
    }

    private static void serve(int port, int appPort) {
        app.cli("serve", "--bg", "--tcp=" + port, "tcp://localhost:" + appPort).orThrow();
    }

    @Test
    void aGigabyteGoesEachWayInLittleMemory() {
        assertThat(client.get(ip, 7002, GIGABYTE).counts()).isEmpty();
        assertThat(client.put(ip, 7003, GIGABYTE).counts()).isEmpty();
        assertThat(app.process().peakResidentBytes()).isLessThan(MEMORY_LIMIT);
    }

    @Test
    void twoHundredConnectionsAtOnceAreServed() {
        TcpClient.Outcome outcome = client.echo(ip, 7001, 20_000, 200, 200);
        assertThat(outcome.counts()).isEmpty();
        assertThat(outcome.good()).isEqualTo(200);
    }

    @Test
    void twoThousandConnectionsLeaveNothingBehind() {
        client.echo(ip, 7001, 1_000, 200, 50); // so that pools and threads are what they will be
        LabProcess process = app.process();
        awaitNoConnections();
        int files = process.fileDescriptors();
        int threads = process.threads();

        assertThat(client.echo(ip, 7001, 1_000, 2_000, 50).counts()).isEmpty();

        awaitNoConnections();
        Await.until("sockets to be closed", Ways.SOON, () -> process.fileDescriptors() <= files);
        assertThat(process.threads()).isLessThanOrEqualTo(threads + 2); // the JIT's come and go
        assertThat(process.residentBytes()).isLessThan(MEMORY_LIMIT);
    }

    /// The daemon counts its connections and the memory of their buffers.
    private static void awaitNoConnections() {
        for (String what : List.of("OpenStreams", "ServedConnections", "StreamMemory")) {
            Await.until(
                    what + " to be back at 0",
                    Ways.SOON,
                    () -> {
                        Json figure = app.status().at("Remora").at(what);
                        return figure.present() && figure.number() == 0;
                    });
        }
    }

    @Test
    void twoThousandConnectionsMayStayOpen() {
        LabProcess process = app.process();
        int files = process.fileDescriptors();
        try (var held = client.hold(ip, 7001, 2_000)) {
            assertThat(held).isNotNull();
            assertThat(process.fileDescriptors()).isGreaterThanOrEqualTo(files + 2_000);
            assertThat(client.echo(ip, 7001, 10_000, 20, 5).counts()).isEmpty();
            assertThat(process.residentBytes()).isLessThan(MEMORY_LIMIT);
        }
        awaitNoConnections();
        Await.until("sockets to be closed", Ways.SOON, () -> process.fileDescriptors() <= files);
    }

    @Test
    void whatFindsNoDescriptorLeftIsToldAndTheNextIsServed() {
        awaitNoConnections();
        LabProcess process = app.process();
        limitDescriptors(Integer.toString(process.fileDescriptors() + 20));
        try (var held = client.hold(ip, 7001, 20)) {
            assertThat(held).isNotNull();
            try (var waiting = client.tryHold(ip, 7001, 30)) {
                assertThat(waiting).isNotNull();
                process.awaitSaid(Ways.SOON, "no socket can be made for it: Too many open files");
            }
        } finally {
            limitDescriptors("4096");
        }
        awaitNoConnections();
        assertThat(client.echo(ip, 7001, 1_000, 30, 30).counts()).isEmpty();
    }

    private static void limitDescriptors(String most) {
        app.host()
                .run("prlimit", "--pid=" + app.process().pid(), "--nofile=" + most + ":")
                .orThrow();
    }

    @Test
    void eachSideMayEndFirst() {
        assertThat(client.echo(ip, 7001, 3_000_000, 10, 3).counts()).isEmpty();
        Await.until("the server to see our ends", Ways.SOON, () -> echoed("3000000") == 10);

        assertThat(client.late(ip, 7004, END_FIRST_BYTES).counts()).isEmpty();

        Await.until("the server to see our end", Ways.SOON, () -> !endFirst.outcomes().isEmpty());
        assertThat(endFirst.outcomes())
                .containsExactly("connection 1 after our end got intact " + END_FIRST_BYTES);
    }

    private static long echoed(String bytes) {
        return echo.outcomes().stream().filter(line -> line.endsWith(" echoed " + bytes)).count();
    }

    @Test
    void whoeverGoesWithoutAWordIsSeenToGo() {
        Curl.Answer answer = new Curl(peer.host()).get("http://" + ip + ":7005/");
        assertThat(answer.exit()).isEqualTo(56); // 52 would be an orderly end
        int resets = echo.outcomes().size();
        client.hold(ip, 7001, 1).close(); // ended by a signal, its socket with it
        Await.until("the app to see the end", Ways.SOON, () -> echo.outcomes().size() > resets);
    }

    @Test
    void anAppThatIsDownIsAClosedPortUntilItIsBack() {
        serve(80, FlaskApp.PORT);
        String url = "http://" + ip + "/";
        Curl curl = new Curl(peer.host());
        LogSince log = LogSince.now(app);
        assertThat(curl.get(url).exit()).isEqualTo(7);
        for (int i = 0; i < 5; i++) {
            Curl.Answer answer = curl.get(url);
            assertThat(answer.exit()).isEqualTo(7);
            assertThat(answer.took()).isLessThan(Duration.ofSeconds(2));
        }
        assertThat(log.linesWith("localhost:" + FlaskApp.PORT)).hasSize(1);

        try (FlaskApp flask = FlaskApp.start(app.host())) {
            assertThat(curl.awaitOk(url, Ways.SOON).body()).isEqualTo(FlaskApp.HELLO);
            flask.stop();
            Await.until("the port to be closed", Ways.SOON, () -> curl.get(url).exit() == 7);
            flask.start();
            assertThat(curl.awaitOk(url, Ways.SOON).body()).isEqualTo(FlaskApp.HELLO);
        }
    }
}
