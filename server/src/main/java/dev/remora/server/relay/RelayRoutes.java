package dev.remora.server.relay;

import dev.remora.server.http.Answers;
import dev.remora.server.http.Page;
import dev.remora.server.http.Request;
import dev.remora.server.http.Routes;
import dev.remora.server.http.Upgrade;
import dev.remora.server.http.Upgrade.Outcome;
import dev.remora.server.http.WebSocket;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/// What a relay answers to HTTP requests.
final class RelayRoutes {
    private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9.\\-_:]{1,64}");
    private static final String UNCACHED =
            "no-cache, no-store, must-revalidate, no-transform, max-age=0";
    private static final String DERP = "derp";

    private RelayRoutes() {}

    static Routes of(RelayContext relay) {
        return Routes.none()
                .withUpgrade("/derp", derp(relay))
                .withPage("/derp/probe", page(RelayRoutes::probe))
                .withPage("/derp/latency-check", page(RelayRoutes::probe))
                .withPage("/generate_204", page(RelayRoutes::nothing));
    }

    private static Page page(Function<Request, FullHttpResponse> answer) {
        return request -> CompletableFuture.completedFuture(answer.apply(request));
    }

    /// Very old clients call the protocol WebSocket, but do not name ours in it as browsers do. With fast start there is
    /// no answer: the client has gone on already.
    private static Upgrade derp(RelayContext relay) {
        return request -> {
            if (!request.wants(DERP) && !request.wants("websocket")) {
                return new Outcome.Refused(
                        Answers.text(
                                HttpResponseStatus.UPGRADE_REQUIRED,
                                "DERP requires connection upgrade\n"));
            }
            if (relay.isClosed()) {
                return new Outcome.Refused(
                        Answers.text(
                                HttpResponseStatus.SERVICE_UNAVAILABLE,
                                "this relay is stopping\n"));
            }
            Consumer<ChannelPipeline> install =
                    pipeline ->
                            pipeline.addLast(
                                    DERP,
                                    new ClientHandler(relay, pipeline.channel(), request.from()));
            if (WebSocket.wants(request, DERP)) {
                return WebSocket.accept(request, DERP, install);
            }
            boolean fast = request.header("Derp-Fast-Start").equals("1");
            return new Outcome.Taken(
                    fast ? Optional.empty() : Optional.of(switching(relay)), install);
        };
    }

    private static FullHttpResponse switching(RelayContext relay) {
        FullHttpResponse answer = Answers.switchingTo("DERP");
        answer.headers()
                .set("Derp-Version", "2")
                .set("Derp-Public-Key", relay.publicKey().bytes().hex());
        return answer;
    }

    /// For clients that measure how far away we are.
    private static FullHttpResponse probe(Request request) {
        boolean read =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        if (!read) {
            return Answers.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "bogus probe method\n");
        }
        FullHttpResponse answer = Answers.text(HttpResponseStatus.OK, "");
        answer.headers().set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        return answer;
    }

    /// For clients that want to know whether a captive portal is in the way: it could not know the response.
    private static FullHttpResponse nothing(Request request) {
        FullHttpResponse answer = Answers.bare(HttpResponseStatus.NO_CONTENT);
        answer.headers().set(HttpHeaderNames.CACHE_CONTROL, UNCACHED);
        String challenge = request.header("X-Tailscale-Challenge");
        if (CHALLENGE.matcher(challenge).matches()) {
            answer.headers().set("X-Tailscale-Response", "response " + challenge);
        }
        return answer;
    }
}
