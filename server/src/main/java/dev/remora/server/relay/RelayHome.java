package dev.remora.server.relay;

import dev.remora.server.http.Answers;
import dev.remora.server.http.Page;
import dev.remora.server.http.Routes;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletableFuture;

/// Pages of a relay that stands alone: for people who wonder what they found, and for robots that should leave.
public final class RelayHome {
    private static final String HOME =
            """
            This is a DERP relay of a tailnet. It carries encrypted packets between nodes that cannot reach each other
            directly; there is nothing to see here.
            """;

    private static final String ROBOTS = "User-agent: *\nDisallow: /\n";

    private RelayHome() {}

    public static Routes routes() {
        return Routes.none().withPage("/", text(HOME)).withPage("/robots.txt", text(ROBOTS));
    }

    private static Page text(String text) {
        return _ -> CompletableFuture.completedFuture(Answers.text(HttpResponseStatus.OK, text));
    }
}
