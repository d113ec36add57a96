package dev.remora.server;

import dev.remora.base.MalformedException;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.DerpMapInfo;
import dev.remora.proto.control.DerpRegionInfo;
import dev.remora.server.tailnet.RelayMaps;
import dev.remora.server.tailnet.Tailnet;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
        tailnet.relays(new RelayMaps(with(regions, own), with(regions, plain)));
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
