package dev.remora.lab.interop;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// One thing that a pair says in another way than the real command line on the real daemon, and is meant to.
///
/// @param reason the sentence of `docs/findings.md` that explains it
/// @param pairs those of whom it is to be expected
/// @param steps those of the script where it may show, with their titles
/// @param real what the real ones say
/// @param ours what is said instead; absent: `real` counts on neither side
record Deviation(
        String reason, Predicate<Pair> pairs, Pattern steps, Pattern real, Optional<String> ours) {
    private static final Predicate<Pair> OUR_COMMANDS = Pair::hasOurCommands;
    private static final Predicate<Pair> OUR_DAEMON = Pair::hasOurDaemon;
    private static final Predicate<Pair> ANY = pair -> true;

    private static final String ALL_OF_IT = "\\A(?s:.*)\\z";

    static final List<Deviation> ALL =
            List.of(
                    // in words of our own
                    ignored(
                            "Help texts are in our own words",
                            OUR_COMMANDS,
                            ".*",
                            "^[^\n]*\n\nUSAGE\n(?s:.*?)(?=^--- )"),
                    instead(
                            "`version` names Java in place of Go",
                            OUR_COMMANDS,
                            "which one / version.*",
                            "go version: .*",
                            "java version: " + System.getProperty("java.version")),
                    instead(
                            "A rejected auth key is told in a sentence that says what to do",
                            OUR_DAEMON,
                            ".* / .*up .*--auth-key=wrong.*",
                            "invalid pre auth key",
                            "The auth key is not valid (the control server SERVER says \"invalid pre auth key\"): make a new one and log in with it."),
                    instead(
                            "A port that is too high is named with the flag that was given",
                            OUR_COMMANDS,
                            "serving / serve .*--tcp=70000.*",
                            "https flag",
                            "tcp flag"),
                    instead(
                            "A refused ping ends without the real one's empty colon",
                            OUR_COMMANDS,
                            "pings / ping .*--size=.*",
                            "^(error 400 .*):$",
                            "$1"),
                    // about itself and the other
                    ignored(
                            "Our command line warns of no daemon's version",
                            OUR_DAEMON,
                            ".*",
                            "^Warning: client version .*\n"),
                    ignored(
                            "`status --json` ends with a member `Remora`",
                            OUR_DAEMON,
                            ".* / status .*",
                            "^\\.Remora\\..*\n"),
                    ignored(
                            "A node of ours tells less of its machine and program",
                            OUR_DAEMON,
                            ".* / (whois --json .*|whoami --json)",
                            "^\\.Node\\.Hostinfo\\..*\n"),
                    instead(
                            "A stopped node has no home relay",
                            OUR_DAEMON,
                            "away and back / status --json",
                            "^\\.Self\\.Relay: lab",
                            ".Self.Relay: "),
                    ignored(
                            "A real daemon that has logged out still lists the peers it talked to, without names, and its last relay",
                            OUR_DAEMON.negate(),
                            "before the first login / status --json",
                            "^(\\.Peer|\\.Self\\.Relay).*\n"),
                    ignored(
                            "What a real node tells of its network may change from one second to the next",
                            ANY,
                            ".* / (whois --json .*|whoami --json)",
                            "^\\.Node\\.Hostinfo\\.NetInfo\\..*\n"),
                    // decided otherwise
                    instead(
                            "A peer's full name is known without its last dot, too",
                            OUR_COMMANDS,
                            ".* / ip peer\\.lab\\.test",
                            ALL_OF_IT,
                            "PEER4\nPEER6\n--- stderr\n--- rc 0\n"),
                    // netcheck
                    ignored(
                            "The real `netcheck` logs what it does, in any order",
                            ANY,
                            ".* / netcheck.*",
                            "^TIME (portmap|netcheck): .*\n"),
                    instead(
                            "`netcheck` is done by the daemon",
                            OUR_COMMANDS,
                            "before the first login / netcheck",
                            ALL_OF_IT,
                            "--- stderr\nNo DERP map from the daemon: it learns the relays when it has logged in.\n--- rc 1\n"),
                    instead(
                            "`netcheck` is done by the daemon",
                            OUR_COMMANDS.and(OUR_DAEMON.negate()),
                            "the network / netcheck( --verbose| --format=json)?",
                            "\\A(?s:.*)--- stderr\n(# .*\n)?(?s:.*)\\z",
                            "--- stderr\n$1This daemon is not Remora's, which measures the network itself; use its own command line for netcheck.\n--- rc 1\n"),
                    ignored(
                            "Captive portals are not looked for",
                            ANY,
                            "the network / netcheck.*",
                            "^(\t\\* |\\.)CaptivePortal: .*\n"),
                    instead(
                            "Port mapping is not asked for yet",
                            OUR_COMMANDS.and(OUR_DAEMON),
                            "the network / netcheck( --verbose)?",
                            "PortMapping:",
                            "PortMapping: not checked"),
                    instead(
                            "Port mapping is not asked for yet",
                            OUR_COMMANDS.and(OUR_DAEMON),
                            "the network / netcheck --format=json",
                            "^\\.(PCP|PMP|UPnP): false",
                            ".$1: null"),
                    instead(
                            "`netcheck` does not count how often an address was seen",
                            OUR_COMMANDS.and(OUR_DAEMON),
                            "the network / netcheck --format=json",
                            "^\\.(GlobalV[46]Counters)\\.ENDPOINT: NUMBER",
                            ".$1: null"));

    private static Deviation instead(
            String reason, Predicate<Pair> pairs, String steps, String real, String ours) {
        return new Deviation(reason, pairs, pattern(steps), pattern(real), Optional.of(ours));
    }

    private static Deviation ignored(
            String reason, Predicate<Pair> pairs, String steps, String real) {
        return new Deviation(reason, pairs, pattern(steps), pattern(real), Optional.empty());
    }

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.MULTILINE);
    }

    boolean concerns(Pair pair, String step) {
        return pairs.test(pair) && steps.matcher(step).matches();
    }

    /// What is to be expected where the real ones say `text`.
    String expected(String text) {
        return real.matcher(text).replaceAll(ours.orElse(""));
    }

    /// What of it counts.
    String compared(String text) {
        return ours.isPresent() ? text : expected(text);
    }
}
