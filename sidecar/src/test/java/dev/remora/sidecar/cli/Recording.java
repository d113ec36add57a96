package dev.remora.sidecar.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What went over a daemon's socket during one command: requests with their answers, in order.
record Recording(List<Exchange> exchanges) {
    private static final Pattern PART =
            Pattern.compile(
                    "^=== connection (\\d+), (client to daemon|daemon to client)\n",
                    Pattern.MULTILINE);
    private static final Pattern ELSEWHERE =
            Pattern.compile(
                    "\\[cut: \\d+ characters; a whole answer to this request is in (\\S+)\\.http]");
    private static final Map<String, String> REPLACED = replaced();
    private static final Pattern EVENT = Pattern.compile("^\\{.*}$", Pattern.MULTILINE);

    /// One request and its answer.
    ///
    /// @param requestHead with its first line
    /// @param head of the answer, with its status line
    /// @param body of the answer, without chunk sizes; of a stream: one notification a line
    record Exchange(
            String method,
            String target,
            String requestBody,
            String requestHead,
            String head,
            String body) {
        String line() {
            return method + " " + target;
        }

        boolean isStream() {
            return target.startsWith("watch-ipn-bus");
        }

        /// The daemon was still thinking when the command went away.
        boolean isUnanswered() {
            return target.startsWith("ping?") && body.contains("context canceled");
        }

        String header(String name) {
            return head.lines()
                    .filter(line -> line.startsWith(name + ": "))
                    .map(line -> line.substring(name.length() + 2))
                    .findFirst()
                    .orElse("");
        }
    }

    /// A request and its answer as they stand in the file.
    private record Raw(String requestHead, String requestBody, String answer) {
        String method() {
            return requestHead.split(" ", 2)[0];
        }

        String target() {
            return requestHead.split("[ \n]", 3)[1].substring("/localapi/v0/".length());
        }
    }

    /// Where a cut answer is to be had in full, other than in the file that the recording itself names: by recording and target.
    private static Map<String, String> replaced() {
        Map<String, String> replaced = new HashMap<>();
        Capture.resource("answers.txt")
                .orElseThrow()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split(" "))
                .forEach(words -> replaced.put(words[0] + " " + words[1], words[2]));
        return replaced;
    }

    static Optional<Recording> find(String name) {
        String file = REPLACED.getOrDefault(name + " *", name);
        return raw(file)
                .map(all -> new Recording(all.stream().map(raw -> exchange(name, raw)).toList()));
    }

    private static Optional<List<Raw>> raw(String name) {
        return Capture.resource("localapi/" + name + ".http").map(Recording::parse);
    }

    private static List<Raw> parse(String text) {
        List<MatchResult> parts = PART.matcher(text).results().toList();
        List<String> requests = new ArrayList<>();
        List<StringBuilder> answers = new ArrayList<>();
        Map<String, StringBuilder> open = new HashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            String connection = parts.get(i).group(1);
            int end = i + 1 < parts.size() ? parts.get(i + 1).start() : text.length();
            String content = text.substring(parts.get(i).end(), end);
            if (parts.get(i).group(2).startsWith("client")) {
                requests.add(content);
                answers.add(new StringBuilder());
                open.put(connection, answers.getLast());
            } else {
                open.get(connection).append(content);
            }
        }
        List<Raw> all = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            String[] request = requests.get(i).split("\n\n", 2);
            String body = request.length < 2 ? "" : request[1];
            all.add(new Raw(request[0], body, answers.get(i).toString()));
        }
        return all;
    }

    private static Exchange exchange(String name, Raw raw) {
        String answer = raw.answer();
        Matcher elsewhere = ELSEWHERE.matcher(answer);
        if (elsewhere.find()) {
            String file = REPLACED.getOrDefault(name + " " + raw.target(), elsewhere.group(1));
            String body = raw.target().equals("serve-config") ? lastStored(name) : "";
            String head = answer.substring(0, answer.indexOf("[cut: "));
            answer =
                    body.isEmpty()
                            ? wholeAnswer(file, raw, answer)
                            : head.replace("Transfer-Encoding: chunked", "").strip()
                                    + "\n\n"
                                    + body;
        }
        String[] parts = answer.split("\n\n", 2);
        String body = parts.length < 2 ? "" : parts[1];
        boolean isStream = raw.target().startsWith("watch-ipn-bus");
        boolean ran = isStream && Capture.read(name).exit() == 0;
        return new Exchange(
                raw.method(),
                raw.target(),
                withoutChunkSizes(raw.requestHead(), raw.requestBody()),
                raw.requestHead(),
                parts[0],
                isStream ? events(body, ran) : withoutChunkSizes(parts[0], body));
    }

    /// What the last command before this one that changed the serve configuration stored.
    private static String lastStored(String name) {
        String folder = name.substring(0, name.indexOf('/'));
        return Capture.names(folder).stream()
                .takeWhile(earlier -> !earlier.equals(name))
                .flatMap(earlier -> raw(earlier).orElse(List.of()).stream())
                .filter(raw -> raw.method().equals("POST") && raw.target().equals("serve-config"))
                .map(raw -> withoutChunkSizes(raw.requestHead(), raw.requestBody()))
                .reduce((first, second) -> second)
                .orElse("");
    }

    /// The answer in full, at the time of the one that was cut.
    private static String wholeAnswer(String file, Raw cut, String answer) {
        if (file.startsWith("cli/")) {
            return printedAnswer(file.substring("cli/".length()), answer);
        }
        String whole =
                raw(file).orElseThrow(() -> new AssertionError("no recording " + file)).stream()
                        .filter(raw ->
                                raw.method().equals(cut.method())
                                        && raw.target().equals(cut.target()))
                        .map(Raw::answer)
                        .filter(text -> !text.contains("[cut: "))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(file + " has no " + cut.target()));
        String date =
                answer.lines()
                        .filter(line -> line.startsWith("Date: "))
                        .findFirst()
                        .orElse("Date: ");
        return whole.replaceFirst("Date: .*", date);
    }

    /// The daemon's status as `status --json` printed it.
    private static String printedAnswer(String name, String answer) {
        String head =
                answer.substring(0, answer.indexOf("[cut: "))
                        .replace("Transfer-Encoding: chunked", "");
        return head.split("\n\n", 2)[0].strip() + "\n\n" + Capture.read(name).stdout();
    }

    /// The whole notifications of a stream; where some were cut out and the node ran in the end, those of a whole stream of the same kind.
    private static String events(String body, boolean ran) {
        String all =
                ran && body.contains("[cut")
                        ? body
                                + Capture.resource(
                                                "localapi/raw/011-watch-login-authkey-mask0.http")
                                        .orElseThrow()
                        : body;
        StringBuilder events = new StringBuilder();
        for (Matcher event = EVENT.matcher(all); event.find(); ) {
            events.append(event.group()).append('\n');
        }
        return events.toString();
    }

    private static String withoutChunkSizes(String head, String body) {
        if (!head.contains("Transfer-Encoding: chunked")) {
            return body;
        }
        int end = body.lastIndexOf("\n0\n");
        return body.substring(body.indexOf('\n') + 1, end < 0 ? body.length() : end);
    }
}
