package dev.remora.server;

import dev.remora.proto.control.DnsConfig;
import dev.remora.proto.control.DnsRecord;
import dev.remora.proto.control.DnsResolver;
import dev.remora.server.tailnet.Tailnet;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;

/// What nodes are told about names: from flags, and records from a file.
final class Names {
    private static final JsonType<List<Map<String, String>>> RECORDS =
            Jsonb.builder().build().type(String.class).map().list();

    private final ServerFlags flags;
    private final Tailnet tailnet;

    private Names(ServerFlags flags, Tailnet tailnet) {
        this.flags = flags;
        this.tailnet = tailnet;
    }

    /// Tells them.
    ///
    /// @return the watch on the file, if there is one
    static Optional<AutoCloseable> of(
            ServerFlags flags, ScheduledExecutorService timers, Tailnet tailnet)
            throws IOException {
        Names names = new Names(flags, tailnet);
        if (flags.extraRecords().isEmpty()) {
            names.tell(List.of());
            return Optional.empty();
        }
        return Optional.of(
                WatchedFile.start(
                        flags.extraRecords().get(), timers, text -> names.tell(records(text))));
    }

    private void tell(List<DnsRecord> records) {
        NameFlags names = flags.names();
        List<String> domains = new ArrayList<>(List.of(flags.baseDomain()));
        domains.addAll(names.search());
        Map<String, List<DnsResolver>> routes = new TreeMap<>();
        names.split().forEach((suffix, servers) -> routes.put(suffix, resolvers(servers)));
        tailnet.dns(
                new DnsConfig(
                        names.resolvers().isEmpty() ? null : resolvers(names.resolvers()),
                        routes.isEmpty() ? null : Map.copyOf(routes),
                        null,
                        domains,
                        names.magic(),
                        null,
                        null,
                        records.isEmpty() ? null : records,
                        null));
    }

    private static List<DnsResolver> resolvers(List<String> addresses) {
        return addresses.stream().map(address -> new DnsResolver(address, null, false)).toList();
    }

    /// `[{"name":"grafana.tail.internal","type":"A","value":"100.64.0.3"}]`
    static List<DnsRecord> records(String json) throws IOException {
        try {
            return RECORDS.fromJson(json).stream()
                    .map(record ->
                            new DnsRecord(
                                    record.get("name"), record.get("type"), record.get("value")))
                    .toList();
        } catch (RuntimeException e) { // the library throws several kinds on broken texts
            throw new IOException("no JSON array of {name, type, value}: " + e.getMessage(), e);
        }
    }
}
