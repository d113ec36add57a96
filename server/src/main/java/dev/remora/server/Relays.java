package dev.remora.server;

import dev.remora.base.MalformedException;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.DerpMapInfo;
import dev.remora.proto.control.DerpNodeInfo;
import dev.remora.proto.control.DerpRegionInfo;
import dev.remora.server.tailnet.RelayMaps;
import dev.remora.server.tailnet.Tailnet;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The DERP map: our own relay, and others' from a file or a URL, which is asked again every few hours.
final class Relays implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relays.class);
    private static final int AGAIN_AFTER_H = 3;
    private static final int PATIENCE_MS = 10_000;
    private static final int MOST_BYTES = 4 << 20;

    private final Optional<String> source;
    private final Optional<OwnRelay> own;
    private final ServerUrl url;
    private final Tailnet tailnet;
    private final ScheduledFuture<?> again;
    private Set<String> saidPinned = Set.of();

    private Relays(
            Optional<String> source,
            Optional<OwnRelay> own,
            ServerUrl url,
            Tailnet tailnet,
            ScheduledExecutorService timers) {
        this.source = source;
        this.own = own;
        this.url = url;
        this.tailnet = tailnet;
        this.again =
                timers.scheduleWithFixedDelay(
                        this::refresh, AGAIN_AFTER_H, AGAIN_AFTER_H, TimeUnit.HOURS);
    }

    /// @throws IOException if the file or URL gives no map now
    static Relays start(
            ServerFlags flags,
            Optional<OwnRelay> own,
            ScheduledExecutorService timers,
            Tailnet tailnet)
            throws IOException {
        Relays relays = new Relays(flags.derpMap(), own, flags.url(), tailnet, timers);
        relays.load();
        return relays;
    }

    private void refresh() {
        try {
            load();
        } catch (IOException e) {
            LOG.warn("the DERP map stays as it is: {}", e.getMessage());
        }
    }

    private void load() throws IOException {
        Map<String, @Nullable DerpRegionInfo> regions = new TreeMap<>();
        if (source.isPresent()) {
            Map<String, @Nullable DerpRegionInfo> others = read(source.get()).regions();
            if (others != null) {
                others.forEach((id, region) -> {
                    if (region != null) {
                        regions.put(id, region);
                    }
                });
            }
        }
        Optional<OwnRelay> plain = own.map(relay -> relay.withoutPin(url));
        tailnet.relays(new RelayMaps(with(regions, own), with(withoutPinned(regions), plain)));
    }

    /// For clients that know no fingerprints. They would choose the nearest relay for their home, whether they can connect
    /// to it or not, and then nobody could reach them.
    private Map<String, @Nullable DerpRegionInfo> withoutPinned(
            Map<String, @Nullable DerpRegionInfo> regions) {
        Map<String, @Nullable DerpRegionInfo> usable = new TreeMap<>();
        Set<String> pinned = new TreeSet<>();
        regions.forEach((id, region) -> {
            List<DerpNodeInfo> nodes = region == null ? List.of() : nodes(region);
            List<DerpNodeInfo> known = nodes.stream().filter(node -> !isPinned(node)).toList();
            if (region != null && known.size() < nodes.size()) {
                pinned.add(id);
            }
            if (region != null && !known.isEmpty()) {
                usable.put(id, region.withNodes(known));
            }
        });
        if (!pinned.isEmpty() && !pinned.equals(saidPinned)) {
            saidPinned = pinned;
            LOG.warn(
                    "relays of these regions are known by a fingerprint alone, and so not told to clients before"
                            + " 1.82, which know none: {}. With a certificate that those trust, and no"
                            + " \"CertName\", all could use them",
                    String.join(", ", pinned));
        }
        return usable;
    }

    private static List<DerpNodeInfo> nodes(DerpRegionInfo region) {
        return region.nodes() == null ? List.of() : region.nodes();
    }

    private static boolean isPinned(DerpNodeInfo node) {
        return node.certName() != null && node.certName().startsWith(OwnRelay.PIN);
    }

    private static DerpMapInfo with(
            Map<String, @Nullable DerpRegionInfo> others, Optional<OwnRelay> own) {
        Map<String, @Nullable DerpRegionInfo> all = new TreeMap<>(others);
        own.ifPresent(relay -> all.put(Integer.toString(OwnRelay.REGION), relay.region()));
        return new DerpMapInfo(null, all, true);
    }

    private static DerpMapInfo read(String source) throws IOException {
        try {
            return ControlJson.read(DerpMapInfo.class, bytes(source));
        } catch (MalformedException e) {
            throw new IOException("no DERP map in " + source + ": " + e.reason(), e);
        }
    }

    private static byte[] bytes(String source) throws IOException {
        if (!source.contains("://")) {
            return Files.readAllBytes(Path.of(source));
        }
        URLConnection connection = URI.create(source).toURL().openConnection();
        connection.setConnectTimeout(PATIENCE_MS);
        connection.setReadTimeout(PATIENCE_MS);
        try (InputStream in = connection.getInputStream()) {
            return in.readNBytes(MOST_BYTES);
        } catch (IOException e) {
            throw new IOException("no DERP map from " + source + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        again.cancel(false);
    }
}
