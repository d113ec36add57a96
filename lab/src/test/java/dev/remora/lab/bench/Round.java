package dev.remora.lab.bench;

import dev.remora.lab.Lab;
import dev.remora.lab.apps.Curl;
import dev.remora.lab.apps.HttpServer;
import dev.remora.lab.apps.Iperf;
import dev.remora.lab.apps.Iperf.Direction;
import dev.remora.lab.apps.Wrk;
import dev.remora.lab.net.Host;
import dev.remora.lab.peers.ControlServer;
import dev.remora.lab.peers.TailnetDaemon;
import dev.remora.lab.run.Await;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// One candidate's turn: a fresh node, everything measured on it, and the node is gone again.
final class Round {
    private static final int HTTP_PORT = 80;
    private static final int APP_PORT = 5000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ONE_TRY = Duration.ofMillis(500);
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final ControlServer control;
    private final Host client;
    private final TailnetDaemon node;
    private final int seconds;
    private final Samples samples;

    private Round(
            ControlServer control, Host client, TailnetDaemon node, int seconds, Samples samples) {
        this.control = control;
        this.client = client;
        this.node = node;
        this.seconds = seconds;
        this.samples = samples;
    }

    /// Measures `candidate` once, on a new host of the lab.
    ///
    /// @param seconds how long each throughput and load measurement lasts
    @SuppressWarnings("try") // the two servers only have to be there
    static void run(
            Lab lab, Candidate candidate, int number, Host client, int seconds, Samples samples) {
        Host host = lab.host(candidate.name().substring(0, 3).toLowerCase(Locale.ROOT) + number);
        TailnetDaemon node = candidate.on(host, lab.authority());
        Round round = new Round(lab.headscale(), client, node, seconds, samples);
        try (HttpServer app = HttpServer.start(host, APP_PORT);
                Iperf iperf = Iperf.server(host)) {
            round.measure();
        } finally {
            node.stop();
            lab.headscale().delete(host.name());
        }
    }

    /// Measures only how `candidate` starts, in the tailnet of our own server.
    static void starts(
            Lab lab,
            ControlServer control,
            Candidate candidate,
            int number,
            Host client,
            Samples samples) {
        Host host = lab.host("own" + candidate.name().charAt(0) + number);
        TailnetDaemon node = candidate.on(host, lab.authority());
        Round round = new Round(control, client, node, 0, samples);
        try (HttpServer _ = HttpServer.start(host, APP_PORT)) {
            String ip = round.freshStart(Measure.OWN_FRESH_START);
            round.restart(ip, Measure.OWN_RESTART);
        } finally {
            node.stop();
        }
    }

    private void measure() {
        String ip = freshStart(Measure.FRESH_START);
        LockSupport.parkNanos(IDLE.toNanos()); // not for anything to happen, but for nothing to
        samples.add(Measure.RSS_IDLE, megabytes(node.process().residentBytes()));
        throughput(ip, Direction.IN, 1, Measure.SERVE_IN_1, Measure.CPU_IN);
        throughput(ip, Direction.OUT, 1, Measure.SERVE_OUT_1, Measure.CPU_OUT);
        throughput(ip, Direction.IN, 4, Measure.SERVE_IN_4, Measure.CPU_IN);
        throughput(ip, Direction.OUT, 4, Measure.SERVE_OUT_4, Measure.CPU_OUT);
        http(ip);
        samples.add(Measure.RSS_LOADED, megabytes(node.process().peakResidentBytes()));
        restart(ip, Measure.RESTART);
    }

    /// From nothing to a peer's first answer, as a start-up script would go about it.
    private String freshStart(Measure measure) {
        String key = control.authKey();
        long start = System.nanoTime();
        node.launch();
        Await.until("the socket", PATIENCE, () -> Files.exists(node.socket()));
        node.cli(
                        "up",
                        "--login-server=" + control.url(),
                        "--auth-key=" + key,
                        "--hostname=" + node.host().name())
                .orThrow();
        serve(HTTP_PORT, APP_PORT);
        serve(Iperf.PORT, Iperf.PORT);
        String ip = node.cli("ip", "-4").orThrow().stdout().strip();
        awaitAnswer(ip);
        samples.add(measure, secondsSince(start));
        return ip;
    }

    private void serve(int port, int appPort) {
        node.cli("serve", "--bg", "--tcp=" + port, "tcp://localhost:" + appPort).orThrow();
    }

    private void restart(String ip, Measure measure) {
        node.stop();
        long start = System.nanoTime();
        node.launch();
        awaitAnswer(ip);
        samples.add(measure, secondsSince(start));
    }

    private void awaitAnswer(String ip) {
        Curl curl = new Curl(client);
        String url = "http://" + ip + "/";
        Await.until(url, PATIENCE, () -> curl.get(url, ONE_TRY).status() == 200);
    }

    private void throughput(
            String ip, Direction direction, int streams, Measure rate, Measure cpu) {
        double before = node.process().cpuSeconds();
        Iperf.Throughput got = Iperf.run(client, ip, Iperf.PORT, direction, streams, seconds);
        double used = node.process().cpuSeconds() - before;
        samples.add(rate, got.bitsPerSecond() / 1e9);
        samples.add(cpu, used / (got.bytes() / 1e9));
    }

    private void http(String ip) {
        String url = "http://" + ip + "/";
        Wrk.Load one = Wrk.keepAlive(client, url, 1, seconds);
        samples.add(Measure.HTTP_1, one.requestsPerSecond());
        samples.add(Measure.HTTP_1_P50, one.micros50());
        samples.add(Measure.HTTP_1_P99, one.micros99());
        Wrk.Load many = Wrk.keepAlive(client, url, 64, seconds);
        samples.add(Measure.HTTP_64, many.requestsPerSecond());
        samples.add(Measure.HTTP_64_P99, many.micros99() / 1e3);
        Wrk.Load fresh = Wrk.newConnections(client, url, 32, seconds);
        samples.add(Measure.CONNECTIONS, fresh.requestsPerSecond());
    }

    private static double megabytes(long bytes) {
        return bytes / 1e6;
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
