package dev.remora.lab.bench;

import dev.remora.lab.Lab;
import dev.remora.lab.net.Host;
import dev.remora.lab.net.Network;
import dev.remora.lab.peers.HeadscaleOptions;
import dev.remora.lab.peers.RemoraControl;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.Shell;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// `./bench [--rounds=3] [--seconds=8] [--only=tailscaled|remora] [--starts]`
final class BenchMain {
    private final int rounds;
    private final int seconds;
    private final boolean onlyStarts;
    private final List<Candidate> candidates;

    private BenchMain(int rounds, int seconds, boolean onlyStarts, List<Candidate> candidates) {
        this.rounds = rounds;
        this.seconds = seconds;
        this.onlyStarts = onlyStarts;
        this.candidates = candidates;
    }

    public static void main(String[] args) {
        String obstacle = Network.obstacle();
        if (!obstacle.isEmpty()) {
            System.err.println("bench: " + obstacle);
            System.exit(1);
        }
        String only = option(args, "only", "");
        List<Candidate> candidates =
                only.isEmpty()
                        ? List.of(Candidate.values())
                        : List.of(Candidate.valueOf(only.toUpperCase(Locale.ROOT)));
        int rounds = Integer.parseInt(option(args, "rounds", "3"));
        int seconds = Integer.parseInt(option(args, "seconds", "8"));
        boolean onlyStarts = List.of(args).contains("--starts");
        new BenchMain(rounds, seconds, onlyStarts, candidates).run();
    }

    private static String option(String[] args, String name, String fallback) {
        String prefix = "--" + name + "=";
        return Arrays.stream(args)
                .filter(arg -> arg.startsWith(prefix))
                .map(arg -> arg.substring(prefix.length()))
                .findFirst()
                .orElse(fallback);
    }

    private void run() {
        Map<Candidate, Samples> results = new EnumMap<>(Candidate.class);
        candidates.forEach(candidate -> results.put(candidate, new Samples()));
        try (Lab lab = Lab.create()) {
            if (!onlyStarts) {
                besideHeadscale(lab, results);
            }
            startsUnderOurServer(lab, results);
        }
        print(results);
    }

    private void besideHeadscale(Lab lab, Map<Candidate, Samples> results) {
        Host client = lab.host("client");
        lab.tailscaled(client, Tailscaled.Mode.TUN).up(lab.headscale(HeadscaleOptions.defaults()));
        inTurns(
                lab,
                results,
                (candidate, number, samples) ->
                        Round.run(lab, candidate, number, client, seconds, samples));
    }

    /// headscale takes its time with a newcomer, so what a start takes with it says little of a node.
    private void startsUnderOurServer(Lab lab, Map<Candidate, Samples> results) {
        RemoraControl control = RemoraControl.start(lab.host("control"), lab.authority());
        Host client = lab.host("client2");
        lab.tailscaled(client, Tailscaled.Mode.TUN).up(control);
        inTurns(
                lab,
                results,
                (candidate, number, samples) ->
                        Round.starts(lab, control, candidate, number, client, samples));
    }

    private interface Turn {
        void run(Candidate candidate, int number, Samples samples);
    }

    /// A turn that fails leaves the rest of its row empty and the others alone.
    private void inTurns(Lab lab, Map<Candidate, Samples> results, Turn turn) {
        for (int number = 1; number <= rounds; number++) {
            for (var candidate : results.entrySet()) {
                String label = candidate.getKey().label();
                System.err.printf("bench: round %d of %d, %s%n", number, rounds, label);
                try {
                    turn.run(candidate.getKey(), number, candidate.getValue());
                } catch (LabException e) {
                    System.err.println("bench: this turn failed: " + e.getMessage());
                    lab.printLogs(System.err);
                }
            }
        }
    }

    private void print(Map<Candidate, Samples> results) {
        Table table = new Table(results);
        System.out.println();
        System.out.println(table.plain());
        System.out.printf(
                "%s, %s, %d cores, %d rounds of %d s; median (lowest–highest)%n%n",
                LocalDate.now(ZoneOffset.UTC),
                Shell.run("uname", "-sr").stdout().strip(),
                Runtime.getRuntime().availableProcessors(),
                rounds,
                seconds);
        System.out.println(table.markdown());
    }
}
