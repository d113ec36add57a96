package dev.remora.sidecar.demo;

import dev.remora.RemoraNode;
import dev.remora.Way;
import dev.remora.Who;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;

/// Puts the app on the tailnet: takes requests on the node's port 80 and hands them on to localhost, with headers that say
/// who calls. Only the node knows that for certain, so what a client says in such headers is left out.
final class DemoServe {
    private static final int PORT = 80;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final RemoraNode node;
    private final int appPort;

    private DemoServe(RemoraNode node, int appPort) {
        this.node = node;
        this.appPort = appPort;
    }

    static Listening start(RemoraNode node, int appPort) throws IOException {
        return Listening.on(node.listen(PORT), new DemoServe(node, appPort)::answer);
    }

    private void answer(Socket caller) throws IOException {
        HttpHead head = HttpHead.read(caller.getInputStream());
        try (Socket app = new Socket(InetAddress.getLoopbackAddress(), appPort)) {
            app.getOutputStream().write(told(head, caller.getInetAddress()).bytes());
            app.getInputStream().transferTo(caller.getOutputStream());
        }
    }

    private HttpHead told(HttpHead head, InetAddress caller) {
        String who = node.whoIs(caller).map(DemoServe::text).orElse("somebody unknown");
        HttpHead told = head.with(DemoApp.CALLER, who).with("Connection", "close");
        try {
            Way way = node.way(caller.getHostAddress(), PATIENCE);
            return told.with(DemoApp.WAY, text(way))
                    .with(DemoApp.ROUND_TRIP, millis(way.roundTrip()));
        } catch (IOException e) {
            return told.with(DemoApp.WAY, "unknown: " + e.getMessage())
                    .with(DemoApp.ROUND_TRIP, "unknown");
        }
    }

    private static String text(Who who) {
        String owner = who.login().orElseGet(() -> String.join(", ", who.tags()));
        return who.name()
                + " ("
                + who.addresses().getFirst().getHostAddress()
                + ", of "
                + owner
                + ")";
    }

    private static String text(Way way) {
        return way.direct()
                .map(address ->
                        "direct, from "
                                + address.getAddress().getHostAddress()
                                + ":"
                                + address.getPort())
                .orElse("through the relay");
    }

    private static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.2f ms", time.toNanos() / 1e6);
    }
}
