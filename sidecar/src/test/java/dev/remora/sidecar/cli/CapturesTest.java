package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.cli.Machine.DaemonProcess;
import dev.remora.sidecar.cli.RecordedDaemon.Request;
import dev.remora.sidecar.cli.Recording.Exchange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every recorded command that `left-out.txt` does not name, given to our command line and a daemon that answers as it did then: same output, same exit code, same requests.
class CapturesTest {
    private static final Pattern PROCESS = Pattern.compile("running as (\\w+), pid (\\d+)");
    private static final Pattern OTHER_TEST = Pattern.compile("^in (\\w+Test)");
    private static final Map<String, String> LEFT_OUT = leftOut();

    @TempDir Path temp;

    /// All but those that `left-out.txt` names.
    static List<String> captures() {
        return Capture.names("").stream().filter(name -> !isLeftOut(name)).toList();
    }

    private static boolean isLeftOut(String name) {
        return LEFT_OUT.keySet().stream().anyMatch(left -> isMeant(name, left));
    }

    private static boolean isMeant(String name, String left) {
        return name.equals(left) || left.endsWith("*") && name.startsWith(left.replace("*", ""));
    }

    /// Names and reasons; a name may end in `*`.
    private static Map<String, String> leftOut() {
        Map<String, String> reasons = new LinkedHashMap<>();
        Capture.resource("left-out.txt")
                .orElseThrow()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .forEach(line -> reasons.put(line.split(" ", 2)[0], line.split(" ", 2)[1].strip()));
        return reasons;
    }

    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @ParameterizedTest(name = "{0}")
    @MethodSource("captures")
    void printsAndAsksWhatTheOfficialOneDoes(String name) throws Exception {
        Capture capture = Capture.read(name);
        Recording recording = Recording.find(name).orElseGet(() -> new Recording(List.of()));
        Ran ran;
        List<Request> requests = List.of();
        String socket = temp.resolve("sock").toString();
        boolean hasDaemon = !name.startsWith("no-daemon");
        Machine machine = new Ran.StillMachine(when(recording), daemonProcess(capture));
        if (hasDaemon) {
            try (RecordedDaemon daemon =
                    new RecordedDaemon(
                            temp, recording, capture.words().toString().contains("--timeout"))) {
                ran = Ran.tailscale(daemon.socket(), quick(capture.words(), recording), machine);
                requests = daemon.requests();
            }
        } else {
            ran = Ran.tailscale(Path.of(socket), capture.words(), machine);
        }
        boolean isHelp = capture.stderr().contains("\nUSAGE\n");
        assertThat(comparable(ran.stdout()))
                .as(ran.stderr())
                .isEqualTo(comparable(capture.stdout()));
        assertThat(comparable(stderr(ran.stderr(), socket, isHelp)))
                .isEqualTo(comparable(stderr(capture.stderr(), socket, isHelp)));
        assertThat(ran.exit()).isEqualTo(capture.exit());
        requests = withoutRepeats(requests, Request::line);
        List<Exchange> exchanges = withoutRepeats(recording.exchanges(), Exchange::line);
        assertThat(requests.stream().map(Request::line).toList())
                .isEqualTo(exchanges.stream().map(Exchange::line).toList());
        compareBodies(requests, exchanges);
    }

    /// Once is as good as twice, for what only looks.
    private static <T> List<T> withoutRepeats(List<T> all, Function<T, String> line) {
        List<T> once = new ArrayList<>();
        for (T one : all) {
            boolean isRepeat =
                    !once.isEmpty()
                            && line.apply(one).startsWith("GET ")
                            && line.apply(one).equals(line.apply(once.getLast()));
            if (!isRepeat) {
                once.add(one);
            }
        }
        return once;
    }

    private static Instant when(Recording recording) {
        return recording.exchanges().stream()
                .map(exchange -> exchange.header("Date"))
                .filter(date -> !date.isEmpty())
                .findFirst()
                .map(date ->
                        ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant())
                .orElse(Instant.EPOCH);
    }

    private static Optional<DaemonProcess> daemonProcess(Capture capture) {
        Matcher named = PROCESS.matcher(capture.stderr());
        return named.find()
                ? Optional.of(
                        new DaemonProcess(named.group(1), Long.parseLong(named.group(2)), false))
                : Optional.empty();
    }

    /// What would be waited for in vain is waited for shortly.
    private static List<String> quick(List<String> words, Recording recording) {
        boolean waits =
                recording.exchanges().stream().anyMatch(e -> e.isStream() || e.isUnanswered());
        if (!waits) {
            return words;
        }
        List<String> quick = new ArrayList<>();
        for (String word : words) {
            boolean isSpan = word.matches("\\d+s") && quick.getLast().equals("--timeout");
            quick.add(isSpan ? "200ms" : word.replaceFirst("^--timeout=\\d+s$", "--timeout=200ms"));
        }
        return quick;
    }

    /// Of help only what comes before it, and of the socket only that it is the one that was given.
    private static String stderr(String text, String socket, boolean isHelp) {
        String rest =
                text.replace("/var/run/tailscale/tailscaled.sock", "SOCK")
                        .replace(socket, "SOCK")
                        .replace(" --socket=SOCK", "");
        if (!isHelp) {
            return rest;
        }
        boolean isComplaint = rest.startsWith("flag ") || rest.startsWith("invalid ");
        return isComplaint ? rest.lines().findFirst().orElse("") : "";
    }

    /// Without what differs from run to run: why a name was not found, times, the order in which Go walks a map.
    private static String comparable(String text) {
        String same =
                text.replaceAll("(?m)^\t\"QR\": \".*\",\n", "") // a picture
                        .replaceAll("lookup (\\S+?)(:? on \\S+|): .*", "lookup $1: …")
                        .replaceAll("(?m)^\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d ", "TIME ");
        String[] blocks = same.split("(?=\\|-- tcp://[a-z])|\n\n");
        if (!same.contains("|-- ")) {
            return same;
        }
        return String.join("\n", Stream.of(blocks).map(String::strip).sorted().toList());
    }

    private static void compareBodies(List<Request> requests, List<Exchange> exchanges)
            throws Exception {
        Set<String> patched = patched(requests);
        for (int i = 0; i < requests.size(); i++) {
            String expected = exchanges.get(i).requestBody();
            Request request = requests.get(i);
            Object ours = body(request.method(), request.body());
            Object theirs = body(request.method(), expected);
            if (request.target().equals("check-prefs") && !patched.isEmpty()) {
                ours = only(patched, ours);
                theirs = only(patched, theirs);
            }
            assertThat(ours).as(request.line()).isEqualTo(theirs);
            for (String header : List.of("If-Match", "X-Tailscale-Reason")) {
                assertThat(header(header, request.headers()))
                        .isEqualTo(header(header, exchanges.get(i).requestHead()));
            }
        }
    }

    private static String header(String name, String head) {
        return head.lines().filter(line -> line.startsWith(name + ": ")).findFirst().orElse("");
    }

    /// A body as a tree; of a patch only what it changes.
    private static Object body(String method, String json) throws Exception {
        if (json.isBlank()) {
            return "";
        }
        Tree tree = Tree.parse(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Map<String, Object> body = new TreeMap<>(tree.copy());
        withoutConfig(body);
        if (method.equals("PATCH")) {
            Set<String> masks = new TreeSet<>(body.keySet());
            masks.removeIf(name -> !name.endsWith("Set"));
            body.keySet().removeIf(name -> !masks.contains(name) && !masks.contains(name + "Set"));
            body.values().removeIf(value -> value == null || value.equals("")); // as absent
            tree.at("AutoUpdateSet")
                    .members()
                    .forEach((mask, ignored) ->
                            body.put(
                                    "AutoUpdate",
                                    tree.at("AutoUpdate")
                                            .at(mask.replaceFirst("Set$", ""))
                                            .value()));
        }
        return body;
    }

    /// What `set` changes; the rest of the preferences it was shown may have been cut from the recording.
    private static Set<String> patched(List<Request> requests) throws Exception {
        for (Request request : requests) {
            if (request.method().equals("PATCH")
                    && body("PATCH", request.body()) instanceof Map<?, ?> patch) {
                return new TreeSet<>(
                        patch.keySet().stream()
                                .map(String::valueOf)
                                .filter(name -> !name.equals("AutoUpdate"))
                                .toList());
            }
        }
        return Set.of();
    }

    private static Map<String, Object> only(Set<String> names, Object body) {
        Map<String, Object> some = new TreeMap<>(new Tree(body).copy());
        some.keySet().retainAll(names);
        some.values().removeIf(value -> value == null || value.equals(""));
        return some;
    }

    /// The identity is not ours to send: `tailscale` gives back what it was shown, with its keys blanked.
    private static void withoutConfig(Map<String, Object> body) {
        body.remove("Config");
        if (body.get("UpdatePrefs") instanceof Map<?, ?> prefs) {
            Map<String, Object> copy = new Tree(prefs).copy();
            copy.remove("Config");
            body.put("UpdatePrefs", copy);
        }
    }

    @Test
    void whatIsLeftOutExists() {
        for (String left : LEFT_OUT.keySet()) {
            assertThat(Capture.names("")).as(left).anyMatch(name -> isMeant(name, left));
        }
    }

    @Test
    void whatAnotherTestShowsIsNamedThere() throws Exception {
        for (Map.Entry<String, String> left : LEFT_OUT.entrySet()) {
            Matcher other = OTHER_TEST.matcher(left.getValue());
            if (other.find()) {
                Path source =
                        Path.of("src/test/java/dev/remora/sidecar/cli", other.group(1) + ".java");
                String name = left.getKey().substring(left.getKey().indexOf('/') + 1);
                assertThat(Files.readString(source)).as(left.getKey()).contains(name);
            }
        }
    }
}
