package dev.remora.server.control;

import dev.remora.server.http.Answers;
import dev.remora.server.http.Request;
import dev.remora.server.http.Upgrade;
import dev.remora.server.http.WebSocket;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Base64;
import java.util.Optional;

/// `/ts2021`, where a connection becomes Noise: by POST as programs do it, or by GET as a WebSocket, for browsers. The
/// client's first message comes with the request, in a header or in the query.
final class Ts2021 implements Upgrade {
    static final String PROTOCOL = "tailscale-control-protocol";
    static final String HANDSHAKE = "X-Tailscale-Handshake";

    private final InnerContext context;

    Ts2021(InnerContext context) {
        this.context = context;
    }

    @Override
    public Outcome upgrade(Request request) {
        if (request.method().equals(HttpMethod.GET)) {
            return webSocket(request);
        }
        if (!request.method().equals(HttpMethod.POST)) {
            return refused(HttpResponseStatus.METHOD_NOT_ALLOWED, "POST, or a WebSocket\n");
        }
        if (request.header(HttpHeaderNames.UPGRADE).isEmpty()) {
            return bad("missing Upgrade header; check that the reverse proxy passes upgrades\n");
        }
        if (!request.wants(PROTOCOL)) {
            return bad("unknown protocol to upgrade to\n");
        }
        Optional<byte[]> initiation = decoded(request.header(HANDSHAKE));
        return initiation
                .flatMap(bytes -> refusal(request))
                .orElseGet(() ->
                        initiation
                                .map(bytes -> taken(request, bytes))
                                .orElseGet(() -> bad("no handshake in its header\n")));
    }

    private Outcome webSocket(Request request) {
        if (!WebSocket.wants(request, PROTOCOL)) {
            return bad("a WebSocket for " + PROTOCOL + ", or a POST with Upgrade, please\n");
        }
        Optional<byte[]> initiation = request.parameter(HANDSHAKE).flatMap(Ts2021::decoded);
        if (initiation.isEmpty()) {
            return bad("no handshake in the query\n");
        }
        return refusal(request)
                .orElseGet(() ->
                        WebSocket.accept(
                                request,
                                PROTOCOL,
                                pipeline ->
                                        pipeline.addLast(
                                                responder(request, initiation.get(), false))));
    }

    private Outcome taken(Request request, byte[] initiation) {
        return new Outcome.Taken(
                Optional.of(Answers.switchingTo(PROTOCOL)),
                pipeline -> pipeline.addLast(responder(request, initiation, true)));
    }

    private NoiseResponder responder(Request request, byte[] initiation, boolean early) {
        var from = request.from().ip();
        Strangers.Place place =
                context.strangers()
                        .enter(
                                from,
                                () ->
                                        context.refusals()
                                                .count(RefusalKind.TOO_MANY_STRANGERS, from, ""));
        return new NoiseResponder(context, from, initiation, early, place);
    }

    /// Too often: come back later.
    private Optional<Outcome> refusal(Request request) {
        var from = request.from().ip();
        if (!context.handshakes().take(from)) {
            context.refusals().count(RefusalKind.TOO_MANY_HANDSHAKES, from, "");
            return Optional.of(later());
        }
        return Optional.empty();
    }

    /// Whom this happens to are many, as a rule, and had better not come back together.
    private Outcome later() {
        FullHttpResponse answer =
                Answers.text(
                        HttpResponseStatus.TOO_MANY_REQUESTS,
                        "too many connections, try again later\n");
        answer.headers().set(HttpHeaderNames.RETRY_AFTER, context.random().nextInt(5, 16));
        return new Outcome.Refused(answer);
    }

    private static Optional<byte[]> decoded(String base64) {
        try {
            return base64.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Outcome bad(String why) {
        return refused(HttpResponseStatus.BAD_REQUEST, why);
    }

    private static Outcome refused(HttpResponseStatus status, String why) {
        return new Outcome.Refused(Answers.text(status, why));
    }
}
