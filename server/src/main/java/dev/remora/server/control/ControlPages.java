package dev.remora.server.control;

import dev.remora.base.MalformedException;
import dev.remora.crypto.MachineKey;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.ServerKeys;
import dev.remora.proto.control.VerifyAnswer;
import dev.remora.proto.control.VerifyRequest;
import dev.remora.server.http.Answers;
import dev.remora.server.http.Page;
import dev.remora.server.http.Request;
import dev.remora.server.http.Routes;
import dev.remora.server.tailnet.Tailnet;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the control server answers outside of Noise: to clients that look for its key, to relays, operators and people.
final class ControlPages {
    private static final Logger LOG = LoggerFactory.getLogger(ControlPages.class);

    /// The longest question of a relay, in bytes.
    private static final int MOST_VERIFY = 4096;

    private final Build build = Build.ofThisProgram();
    private final Tailnet tailnet;
    private final MachineKey key;
    private final ControlSettings settings;
    private final ExecutorService threads;

    ControlPages(
            Tailnet tailnet, MachineKey key, ControlSettings settings, ExecutorService threads) {
        this.tailnet = tailnet;
        this.key = key;
        this.settings = settings;
        this.threads = threads;
    }

    Routes routes() {
        SetUpPages setUp = new SetUpPages(tailnet);
        RegisterPage register = new RegisterPage(tailnet, settings.program());
        return Routes.none()
                .withPage("/key", looked(this::key))
                .withPage("/version", looked(request -> version()))
                .withPage("/health", this::health)
                .withPage("/verify", MOST_VERIFY, this::verify)
                .withPage("/", looked(request -> setUp.welcome()))
                .withPage("/apple", looked(request -> setUp.apple()))
                .withPage("/windows", looked(request -> setUp.windows()))
                .withPage("/robots.txt", looked(request -> SetUpPages.robots()))
                .withPagesBelow(RegisterPage.PATH, 0, looked(register::page))
                .withPage("/machine/ping-response", ControlPages::pinged);
    }

    /// For a page that is only looked at.
    private static Page looked(Function<Request, FullHttpResponse> page) {
        return request ->
                now(
                        request.method().equals(HttpMethod.GET)
                                        || request.method().equals(HttpMethod.HEAD)
                                ? page.apply(request)
                                : notAllowed());
    }

    private static CompletionStage<FullHttpResponse> now(FullHttpResponse answer) {
        return CompletableFuture.completedStage(answer);
    }

    private static FullHttpResponse notAllowed() {
        return Answers.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "not in this way\n");
    }

    private FullHttpResponse key(Request request) {
        String version = request.parameter("v").orElse("");
        if (!version.matches("[0-9]{1,9}")) {
            return Answers.text(
                    HttpResponseStatus.BAD_REQUEST,
                    "capability version must be set, as in ?v=113\n");
        }
        ServerKeys keys = new ServerKeys(MachineKey.ZERO, key);
        return json(HttpResponseStatus.OK, ControlJson.write(keys));
    }

    private static FullHttpResponse json(HttpResponseStatus status, byte[] text) {
        return Answers.json(status, new String(text, StandardCharsets.UTF_8));
    }

    private FullHttpResponse version() {
        return Answers.json(HttpResponseStatus.OK, build.json());
    }

    private CompletionStage<FullHttpResponse> health(Request request) {
        return CompletableFuture.supplyAsync(this::health, threads);
    }

    private FullHttpResponse health() {
        try {
            tailnet.check();
            return health(HttpResponseStatus.OK, "pass");
        } catch (IOException e) {
            LOG.warn("the storage cannot be reached: {}", e.getMessage());
            return health(HttpResponseStatus.INTERNAL_SERVER_ERROR, "fail");
        }
    }

    private static FullHttpResponse health(HttpResponseStatus status, String word) {
        return Answers.of(status, "application/health+json", "{\"status\":\"" + word + "\"}");
    }

    private CompletionStage<FullHttpResponse> verify(Request request) {
        if (!request.method().equals(HttpMethod.POST)) {
            return now(notAllowed());
        }
        try {
            VerifyRequest asked = ControlJson.read(VerifyRequest.class, request.body());
            boolean member = asked.nodePublic() != null && tailnet.knows(asked.nodePublic());
            return now(json(HttpResponseStatus.OK, ControlJson.write(new VerifyAnswer(member))));
        } catch (MalformedException e) {
            return now(Answers.text(HttpResponseStatus.BAD_REQUEST, "no question of a relay\n"));
        }
    }

    /// Signs of life; that somebody came here is all there is to know.
    private static CompletionStage<FullHttpResponse> pinged(Request request) {
        return now(
                request.method().equals(HttpMethod.HEAD)
                        ? Answers.bare(HttpResponseStatus.OK)
                        : notAllowed());
    }
}
