package dev.remora.lab.interop;

import dev.remora.lab.peers.AuthKeyRequest;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.Programs;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.TailnetDaemon;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.LabProcess;
import dev.remora.lab.run.Result;
import dev.remora.lab.run.Shell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One command line on one daemon, going through a script.
///
/// A line of it is a command without the program's name. `$url`, `$key`, `$name`, `$user`, `$ip4`, `$ip6`, `$peer4` and `$peer6`
/// stand for what they say; a word before a colon tells how to run it:
///
///     nobody: set --shields-up    as a user without rights
///     nowhere: status             where no daemon is
///     approved: up …              while somebody opens the page it shows
///     interrupted: serve …        until it serves, then Ctrl-C
///     afresh: up …                on a daemon that did nothing before, whose pair is to be asked
final class Pair {
    static final String AFRESH = "afresh";

    private static final Duration SOON = Duration.ofSeconds(60);

    /// Ours is called by the real one's name, so that texts are the same.
    private static final Map<String, String> ENV = Map.of("REMORA_PROGRAM", "tailscale");

    private final TailnetDaemon daemon;
    private final TailnetDaemon peer;
    private final String peerIp4;
    private final String peerIp6;
    private final String program;
    private final Headscale headscale;
    private final String user;
    private final PlainText plain = new PlainText();
    private int runs;
    private String ip4 = "";
    private String ip6 = "";

    /// @param program the path of the command line
    Pair(
            String program,
            TailnetDaemon daemon,
            TailnetDaemon peer,
            Headscale headscale,
            String user) {
        this.program = program;
        this.daemon = daemon;
        this.peer = peer;
        this.headscale = headscale;
        this.user = user;
        this.peerIp4 = peer.ip4();
        this.peerIp6 = peer.ip6();
        plain.call(peerIp4, "PEER4");
        plain.call(peerIp6, "PEER6");
        plain.call(headscale.url(), "SERVER");
        plain.call(daemon.socket().toString(), "SOCKET");
        plain.call(daemon.host().name(), "SELF");
        plain.call(user, "USER");
        for (String any : List.of(Programs.peer("tailscale"), Programs.remora())) {
            String version = run(List.of(any, "version")).stdout().lines().findFirst().orElse("");
            plain.call(version, "VERSION");
            plain.call(version.split("-", 2)[0], "VERSION");
        }
    }

    boolean hasOurCommands() {
        return program.equals(Programs.remora());
    }

    boolean hasOurDaemon() {
        return daemon instanceof RemoraDaemon;
    }

    /// Runs a line of the script.
    ///
    /// @return what came on stdout, on stderr and as exit code, in plain form
    String run(String line) {
        int colon = line.indexOf(": ");
        String how = colon < 0 ? "" : line.substring(0, colon);
        List<String> words = words(line.substring(how.isEmpty() ? 0 : colon + 2));
        Result result =
                switch (how) {
                    case "", AFRESH -> run(command(words));
                    case "nobody" -> run(asNobody(command(words)));
                    case "nowhere" -> run(atNoSocket(command(words)));
                    case "approved" -> runApproved(command(words));
                    case "interrupted" -> runInterrupted(command(words));
                    default -> throw new LabException("how is this to be run: " + line);
                };
        if (result.ok() && List.of("up", "login").contains(words.getFirst())) {
            settle();
        }
        return plain.of(result.stdout())
                + "--- stderr\n"
                + plain.of(result.stderr())
                + "--- rc "
                + result.exit()
                + "\n";
    }

    private List<String> words(String line) {
        String filled =
                line.replace("$url", headscale.url())
                        .replace("$name", daemon.host().name())
                        .replace("$user", user + "@")
                        .replace("$peer4", peerIp4)
                        .replace("$peer6", peerIp6)
                        .replace("$ip4", ip4)
                        .replace("$ip6", ip6);
        List<String> words = new ArrayList<>();
        for (String word : filled.split(" ")) {
            words.add(
                    word.contains("$key")
                            ? word.replace("$key", headscale.authKey(AuthKeyRequest.forUser(user)))
                            : word.equals("\"\"") ? "" : word);
        }
        return words;
    }

    private List<String> command(List<String> words) {
        List<String> command = new ArrayList<>(List.of(program, "--socket=" + daemon.socket()));
        command.addAll(words);
        return command;
    }

    private Result run(List<String> command) {
        return daemon.host().run(command, ENV, "", Shell.PATIENCE);
    }

    /// The lab's folders and the programs lie where only root may look; that much right is kept.
    private static List<String> asNobody(List<String> command) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "setpriv",
                                "--reuid=65534",
                                "--regid=65534",
                                "--clear-groups",
                                "--inh-caps=+dac_read_search",
                                "--ambient-caps=+dac_read_search"));
        all.addAll(command);
        return all;
    }

    private static List<String> atNoSocket(List<String> command) {
        List<String> all = new ArrayList<>(command);
        all.set(1, "--socket=/nonexistent/sock");
        return all;
    }

    private Result runApproved(List<String> command) {
        return runUntil("/register/\\S+(?=\n)", command, (process, page) -> approve(page));
    }

    private void approve(String page) {
        String id = page.substring(page.lastIndexOf('/') + 1);
        headscale.approve(id, user);
    }

    private Result runInterrupted(List<String> command) {
        List<String> all = new ArrayList<>(List.of("env", "--default-signal=INT"));
        all.addAll(command);
        return runUntil("Press Ctrl\\+C", all, (process, sign) -> process.signal("INT"));
    }

    /// Runs a command that does not end by itself: when it has printed `sign`, `then` happens. Both outputs come as one.
    private Result runUntil(
            String sign, List<String> command, BiConsumer<LabProcess, String> then) {
        LabProcess process =
                daemon.host().start((hasOurCommands() ? "ours" : "real") + ++runs, ENV, command);
        Pattern pattern = Pattern.compile(sign);
        String found =
                Await.value(
                        "\"" + sign + "\" of " + command,
                        SOON,
                        () ->
                                Optional.of(pattern.matcher(process.log()))
                                        .filter(Matcher::find)
                                        .map(Matcher::group));
        then.accept(process, found);
        int exit = process.awaitExit(SOON);
        return new Result(command, exit, process.log(), "", Duration.ZERO);
    }

    /// Waits until the node has an address and a way to its peer, so that what is said next does not depend on luck.
    private void settle() {
        daemon.awaitRunning();
        Await.until(
                "the node to be online",
                SOON,
                () -> daemon.status().at("Self").at("Online").bool());
        Json ips = daemon.status().at("TailscaleIPs");
        List<String> texts = ips.each().map(Json::text).toList();
        ip4 = texts.getFirst();
        ip6 = texts.getLast();
        plain.call(ip4, "SELF4");
        plain.call(ip6, "SELF6");
        Ways.awaitDirect(daemon, peer);
    }

    @Override
    public String toString() {
        return (hasOurCommands() ? "remora" : "tailscale")
                + " on "
                + (hasOurDaemon() ? "remora" : "tailscaled");
    }
}
