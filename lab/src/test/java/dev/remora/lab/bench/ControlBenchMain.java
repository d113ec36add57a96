package dev.remora.lab.bench;

import dev.remora.lab.Lab;
import dev.remora.lab.crowd.Crowd;
import dev.remora.lab.crowd.CrowdNode;
import dev.remora.lab.crowd.LoopbackControl;
import dev.remora.lab.crowd.LoopbackHeadscale;
import dev.remora.lab.crowd.LoopbackRemora;
import dev.remora.lab.crowd.Tally;
import java.util.List;
import java.util.Locale;

/// `./bench --control [nodes …]`: our control server and a real headscale, each as a process on loopback, with 500 and
/// with 1,000 nodes that poll: CPU and wall time of joining, of changes, of a policy, of a restart; then a tenth of
/// the nodes reads nothing more.
final class ControlBenchMain {
    private static final int CHANGES = 10;
    private static final int FIRST_PORT = 50_000;
    private static final String ALL = policy("*", "*");
    private static final String APART =
            "{\"acls\":[" + rule("alice@", "alice@") + "," + rule("bob@", "bob@") + "]}";

    private final LoopbackControl control;
    private final Crowd crowd;
    private final List<CrowdNode> everybody;
    private final Tally tally;

    private ControlBenchMain(LoopbackControl control, Crowd crowd) {
        this.control = control;
        this.crowd = crowd;
        this.everybody = crowd.nodes();
        this.tally = new Tally(control);
    }

    public static void main(String[] args) {
        List<Integer> sizes =
                args.length == 0
                        ? List.of(500, 1000)
                        : List.of(args).stream().map(Integer::valueOf).toList();
        for (int size : sizes) {
            try (Lab lab = Lab.create()) {
                measure(LoopbackHeadscale.start(lab), size);
                measure(LoopbackRemora.start(lab), size);
            }
        }
    }

    private static String policy(String from, String to) {
        return "{\"acls\":[" + rule(from, to) + "]}";
    }

    private static String rule(String from, String to) {
        return "{\"action\":\"accept\",\"src\":[\"%s\"],\"dst\":[\"%s:*\"]}".formatted(from, to);
    }

    private static void measure(LoopbackControl control, int size) {
        System.out.printf("%d nodes%n", size);
        try (Crowd crowd = new Crowd(control, size)) {
            new ControlBenchMain(control, crowd).run();
        } finally {
            control.kill();
        }
    }

    private void run() {
        long idle = control.process().residentBytes();
        tally.of("all join", crowd::join);
        System.out.printf(
                Locale.ROOT,
                "  %.1f kB more for each node%n",
                (control.process().residentBytes() - idle) / 1e3 / crowd.size());
        moves("a node moves, everybody knows", FIRST_PORT, everybody);
        System.out.printf("  %d connections were made anew%n", crowd.retries());
        tally.of("a policy parts them in two", () -> change(APART, crowd.size() / 2 - 1));
        tally.of("a policy joins them again", () -> change(ALL, crowd.size() - 1));
        tally.of("kill -9, start", this::restart);
        tally.of("all come back", crowd::reconnect);
        moves("then a node moves", FIRST_PORT + CHANGES, everybody);
        List<CrowdNode> reading = crowd.stall(crowd.size() / 10);
        moves("a tenth does not read", FIRST_PORT + 2 * CHANGES, reading);
        System.out.printf("  %d connections were made anew%n", crowd.retries());
    }

    private void change(String policy, int peers) {
        control.policy(policy);
        crowd.awaitPeers(everybody, peers);
    }

    private void restart() {
        control.kill();
        control.start();
    }

    private void moves(String what, int firstPort, List<CrowdNode> watching) {
        tally.of(
                what + ", " + CHANGES + " times",
                () -> {
                    for (int i = 0; i < CHANGES; i++) {
                        crowd.move(watching.get(i), firstPort + i, watching);
                    }
                });
    }
}
