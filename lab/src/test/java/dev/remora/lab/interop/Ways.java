package dev.remora.lab.interop;

import dev.remora.lab.peers.TailnetDaemon;
import dev.remora.lab.run.Await;
import java.time.Duration;
import java.util.regex.Pattern;

/// Which way packets go between two nodes, as `ping` tells it.
final class Ways {
    /// Long enough for a loaded machine; nothing here is expected to take it.
    static final Duration SOON = Duration.ofSeconds(45);

    private static final Pattern DIRECT = Pattern.compile("via (10\\.77\\.|192\\.168\\.|\\[fd77:)");
    private static final Pattern RELAYED = Pattern.compile("via DERP\\(");

    private Ways() {}

    static void awaitDirect(TailnetDaemon from, TailnetDaemon to) {
        String what = "a direct path from " + from + " to " + to;
        Await.until(what, SOON, () -> DIRECT.matcher(pings(from, to, 5)).find());
    }

    static void awaitRelayed(TailnetDaemon from, TailnetDaemon to) {
        String what = "a relayed path from " + from + " to " + to;
        Await.until(what, SOON, () -> isRelayedOnly(pings(from, to, 2)));
    }

    /// Whether none of several pings finds a direct path.
    static boolean staysRelayed(TailnetDaemon from, TailnetDaemon to) {
        return isRelayedOnly(pings(from, to, 5));
    }

    private static boolean isRelayedOnly(String pongs) {
        return RELAYED.matcher(pongs).find() && !DIRECT.matcher(pongs).find();
    }

    /// Up to `count` pings; the first direct answer is the last.
    private static String pings(TailnetDaemon from, TailnetDaemon to, int count) {
        return from.cli("ping", "--c=" + count, "--timeout=2s", to.host().name()).output();
    }
}
