package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Recording.Exchange;
import java.util.ArrayList;
import java.util.List;

/// Makes up a recording: for states of a daemon that were printed but not recorded.
final class AnsweringDaemon {
    private final List<Exchange> exchanges = new ArrayList<>();

    AnsweringDaemon json(String method, String target, String body) {
        return answer(method, target, "200 OK", "application/json", body);
    }

    AnsweringDaemon answer(String method, String target, String status, String type, String body) {
        exchanges.add(
                new Exchange(
                        method,
                        target,
                        "",
                        "",
                        "HTTP/1.1 " + status + "\nContent-Type: " + type,
                        body));
        return this;
    }

    /// The answers of a recording come first.
    AnsweringDaemon recorded(String name) {
        exchanges.addAll(Recording.find(name).orElseThrow().exchanges());
        return this;
    }

    Recording recording() {
        return new Recording(List.copyOf(exchanges));
    }
}
