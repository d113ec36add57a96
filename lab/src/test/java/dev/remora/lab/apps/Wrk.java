package dev.remora.lab.apps;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// HTTP load by `wrk`.
public final class Wrk {
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern MEDIAN = Pattern.compile("50%\\s+([0-9.]+)(us|ms|s)");
    private static final Pattern TAIL = Pattern.compile("99%\\s+([0-9.]+)(us|ms|s)");

    private Wrk() {}

    /// What was measured.
    ///
    /// @param micros50 the median latency in microseconds
    /// @param micros99 what 99 % of the requests stay below
    public record Load(double requestsPerSecond, double micros50, double micros99) {}

    /// Asks for `url` over `connections` kept alive, for `seconds`.
    public static Load keepAlive(Host client, String url, int connections, int seconds) {
        return run(client, url, connections, seconds, List.of());
    }

    /// Asks for `url` with a new connection for each request.
    public static Load newConnections(Host client, String url, int parallel, int seconds) {
        return run(client, url, parallel, seconds, List.of("-H", "Connection: close"));
    }

    private static Load run(
            Host client, String url, int connections, int seconds, List<String> options) {
        List<String> command = new ArrayList<>(List.of("wrk", "--latency", "-t1"));
        command.addAll(List.of("-c", Integer.toString(connections), "-d", seconds + "s"));
        command.addAll(options);
        command.add(url);
        Result result = client.run(command, Duration.ofSeconds(seconds + 30L)).orThrow();
        return new Load(
                Double.parseDouble(find(RATE, result).group(1)),
                micros(find(MEDIAN, result)),
                micros(find(TAIL, result)));
    }

    private static Matcher find(Pattern what, Result result) {
        Matcher matcher = what.matcher(result.stdout());
        if (!matcher.find()) {
            throw new LabException("wrk did not say " + what + "\n" + result);
        }
        return matcher;
    }

    private static double micros(Matcher matcher) {
        double value = Double.parseDouble(matcher.group(1));
        return switch (matcher.group(2)) {
            case "us" -> value;
            case "ms" -> value * 1e3;
            default -> value * 1e6;
        };
    }
}
