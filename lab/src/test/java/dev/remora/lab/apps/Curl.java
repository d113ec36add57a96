package dev.remora.lab.apps;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Asks for web pages from a host of the lab.
public final class Curl {
    private static final Duration ONE_TRY = Duration.ofSeconds(20);

    private final Host host;

    public Curl(Host host) {
        this.host = host;
    }

    /// An answer, or why there was none.
    ///
    /// @param status the HTTP status, 0 without an answer
    /// @param exit curl's exit code: 7 is a refused connection, 28 a time-out
    public record Answer(int status, String body, int exit, Duration took) {}

    public Answer get(String url) {
        return get(url, ONE_TRY);
    }

    /// Asks once, and waits for at most `patience`.
    public Answer get(String url, Duration patience, String... options) {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--noproxy", "*"));
        command.addAll(List.of("--max-time", Double.toString(patience.toMillis() / 1000.0)));
        command.addAll(List.of("-w", "\n%{http_code}"));
        command.addAll(List.of(options));
        command.add(url);
        Result result = host.run(command, patience.plusSeconds(5));
        String text = result.stdout();
        int cut = Math.max(0, text.lastIndexOf('\n'));
        String status = text.substring(cut).strip();
        return new Answer(
                status.isEmpty() ? 0 : Integer.parseInt(status),
                text.substring(0, cut),
                result.exit(),
                result.took());
    }

    /// Asks again and again until the page comes with status 200.
    public Answer awaitOk(String url, Duration patience) {
        Duration oneTry = patience.compareTo(ONE_TRY) < 0 ? patience : ONE_TRY;
        return Await.value(
                url + " to answer " + host,
                patience,
                () -> Optional.of(get(url, oneTry)).filter(answer -> answer.status() == 200));
    }
}
