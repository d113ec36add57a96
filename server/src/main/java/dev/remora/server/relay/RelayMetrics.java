package dev.remora.server.relay;

import dev.remora.server.http.Answers;
import dev.remora.server.http.HttpCounts;
import dev.remora.server.http.HttpEnd;
import dev.remora.server.http.Routes;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;

/// What a relay counts, in the text format of Prometheus (exposition format 0.0.4).
public final class RelayMetrics {
    private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder();

    private RelayMetrics() {}

    /// `/metrics`, which is nobody's business but the operator's: not to be served where clients come in.
    ///
    /// @param fronts the HTTP servers whose connections are counted together
    public static Routes routes(RelayCounts relay, List<HttpCounts> fronts) {
        return Routes.none()
                .withPage(
                        "/metrics",
                        _ ->
                                CompletableFuture.completedFuture(
                                        Answers.of(
                                                HttpResponseStatus.OK, TYPE, text(relay, fronts))));
    }

    /// The page itself, for whoever has more to say on it.
    public static String text(RelayCounts relay, List<HttpCounts> fronts) {
        RelayMetrics page = new RelayMetrics();
        page.front(fronts);
        page.relay(relay);
        return page.text.toString();
    }

    private void front(List<HttpCounts> fronts) {
        counter("connections_accepted_total", "TCP connections", sum(fronts, HttpCounts::accepted));
        counter("requests_answered_total", "pages", sum(fronts, HttpCounts::answered));
        counter("upgrades_total", "connections taken over", sum(fronts, HttpCounts::upgraded));
        head("http_ends_total", "counter", "connections that ended as HTTP, by reason");
        for (HttpEnd why : HttpEnd.values()) {
            byReason("http_ends_total", why, sum(fronts, front -> front.ended(why)));
        }
    }

    private static long sum(List<HttpCounts> fronts, ToLongFunction<HttpCounts> count) {
        return fronts.stream().mapToLong(count).sum();
    }

    private void relay(RelayCounts relay) {
        gauge("clients", "connections of clients that are there now", relay.clients());
        counter("clients_total", "connections that were admitted", relay.clientsAdmitted());
        counter("packets_delivered_total", "packets to clients", relay.packetsDelivered());
        counter("bytes_delivered_total", "bytes of those packets", relay.bytesDelivered());
        counter("packets_forwarded_total", "packets to other relays", relay.packetsForwarded());
        gauge("mesh_links", "other relays of the region we are connected to", relay.meshLinks());
        head("drops_total", "counter", "packets that were not delivered, by reason");
        for (Drop why : Drop.values()) {
            byReason("drops_total", why, relay.drops(why));
        }
        head("hangups_total", "counter", "DERP connections that ended, by reason");
        for (Hangup why : Hangup.values()) {
            byReason("hangups_total", why, relay.hangups(why));
        }
    }

    private void counter(String name, String help, long value) {
        head(name, "counter", help);
        line(name, "", value);
    }

    private void gauge(String name, String help, long value) {
        head(name, "gauge", help);
        line(name, "", value);
    }

    private void head(String name, String type, String help) {
        text.append("# HELP remora_relay_%s %s\n".formatted(name, help));
        text.append("# TYPE remora_relay_%s %s\n".formatted(name, type));
    }

    private void byReason(String name, Enum<?> why, long value) {
        line(name, "{reason=\"" + why.name().toLowerCase(Locale.ROOT) + "\"}", value);
    }

    private void line(String name, String labels, long value) {
        text.append("remora_relay_%s%s %d\n".formatted(name, labels, value));
    }
}
