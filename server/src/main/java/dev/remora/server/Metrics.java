package dev.remora.server;

import dev.remora.server.http.Answers;
import dev.remora.server.http.HttpCounts;
import dev.remora.server.http.Routes;
import dev.remora.server.netmap.MapCounts;
import dev.remora.server.relay.RelayCounts;
import dev.remora.server.relay.RelayMetrics;
import dev.remora.server.tailnet.Tailnet;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/// `/metrics`, in Prometheus' text form.
final class Metrics {
    private static final String FORM = "text/plain; version=0.0.4; charset=utf-8";

    private final Tailnet tailnet;
    private final MapCounts maps;
    private final RelayCounts relay;
    private final HttpCounts http;

    Metrics(Tailnet tailnet, MapCounts maps, RelayCounts relay, HttpCounts http) {
        this.tailnet = tailnet;
        this.maps = maps;
        this.relay = relay;
        this.http = http;
    }

    Routes routes() {
        return Routes.none()
                .withPage(
                        "/metrics",
                        request ->
                                CompletableFuture.completedFuture(
                                        Answers.of(HttpResponseStatus.OK, FORM, text())));
    }

    private String text() {
        Text text = new Text();
        text.gauge("remora_nodes", "members of the tailnet", tailnet.nodes().size());
        long online = tailnet.nodes().stream().filter(node -> tailnet.online(node.id())).count();
        text.gauge("remora_nodes_online", "members that are connected", online);
        text.gauge("remora_users", "people", tailnet.users().all().size());
        text.gauge("remora_polls_open", "map streams", maps.pollsOpen());
        text.gauge(
                "remora_change_wait_p99_milliseconds",
                "how long changes waited to be written, 99 of 100",
                maps.waitMillis(0.99));
        text.counter("remora_maps_total", "what was sent to nodes, by kind");
        for (MapCounts.Kind kind : MapCounts.Kind.values()) {
            text.line("remora_maps_total", "kind", kind, maps.get(kind));
        }
        return text + RelayMetrics.text(relay, List.of(http));
    }

    /// Lines of the form.
    private static final class Text {
        private final StringBuilder out = new StringBuilder();

        void gauge(String name, String help, long value) {
            head(name, help, "gauge");
            line(name, value);
        }

        void counter(String name, String help) {
            head(name, help, "counter");
        }

        private void head(String name, String help, String type) {
            out.append("# HELP ").append(name).append(' ').append(help).append('\n');
            out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        }

        void line(String name, long value) {
            out.append(name).append(' ').append(value).append('\n');
        }

        void line(String name, String label, Enum<?> value, long count) {
            String shown = value.name().toLowerCase(Locale.ROOT);
            line(name + "{" + label + "=\"" + shown + "\"}", count);
        }

        @Override
        public String toString() {
            return out.toString();
        }
    }
}
