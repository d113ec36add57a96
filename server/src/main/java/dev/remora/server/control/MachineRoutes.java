package dev.remora.server.control;

import dev.remora.base.MalformedException;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.LoginInfo;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.RegisterRequest;
import dev.remora.proto.control.RegisterResponse;
import dev.remora.proto.control.UserInfo;
import dev.remora.server.netmap.MapService;
import dev.remora.server.netmap.Refusal;
import dev.remora.server.tailnet.Overloaded;
import dev.remora.server.tailnet.Tailnet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/// What nodes may ask inside of Noise. None of it is for members only until it turns out to be: whoever asks, the key
/// they name must be of a node of their own machine.
final class MachineRoutes implements InnerApp {
    private static final String JSON = "application/json";
    private static final String C2N = "/c2n/";
    private static final Duration AFTER_GUESSES = Duration.ofSeconds(30);

    /// Answered as something that we know and do not do.
    private static final List<String> NOT_OFFERED =
            List.of(
                    "/machine/ssh/action/",
                    "/machine/set-dns",
                    "/machine/whoami",
                    "/machine/set-device-attr",
                    "/machine/audit-log",
                    "/machine/id-token",
                    "/machine/feature/query",
                    "/machine/webclient/");

    private final Tailnet tailnet;
    private final MapService maps;
    private final ControlSettings settings;
    private final Refusals refusals;
    private final SourceLimit registrations;
    private final SourceLimit guesses;

    MachineRoutes(
            Tailnet tailnet,
            MapService maps,
            ControlSettings settings,
            Refusals refusals,
            LongSupplier clock) {
        this.tailnet = tailnet;
        this.maps = maps;
        this.settings = settings;
        this.refusals = refusals;
        this.registrations = new SourceLimit(settings.rates().registrations(), clock);
        this.guesses = new SourceLimit(settings.rates().guesses(), clock);
    }

    @Override
    public void answer(InnerRequest request, InnerAnswer answer)
            throws IOException, InterruptedException {
        try {
            route(request, answer);
        } catch (MalformedException e) {
            refusals.count(RefusalKind.BAD_REQUEST, request.visitor().from(), "");
            answer.text(400, "no such request: " + e.reason() + "\n");
        }
    }

    private void route(InnerRequest request, InnerAnswer answer)
            throws IOException, InterruptedException, MalformedException {
        String route = request.route();
        if (route.equals("/machine/register")) {
            ifPosted(request, answer, this::register);
        } else if (route.equals("/machine/map")) {
            ifPosted(request, answer, this::map);
        } else if (route.equals("/machine/update-health")) {
            answer.head(InnerAnswer.headers(204)); // nobody here looks at what it says
        } else if (route.equals("/machine/ping-response")) {
            pinged(request, request.parameter("id"), answer);
        } else if (route.startsWith(C2N)) {
            pinged(request, route.substring(C2N.length()), answer);
        } else if (NOT_OFFERED.stream().anyMatch(route::startsWith)) {
            answer.text(501, "this server does not offer that\n");
        } else {
            answer.text(404, "no such page\n");
        }
    }

    /// One route's work.
    private interface Work {
        void answer(InnerRequest request, InnerAnswer answer)
                throws IOException, InterruptedException, MalformedException;
    }

    private static void ifPosted(InnerRequest request, InnerAnswer answer, Work work)
            throws IOException, InterruptedException, MalformedException {
        if (request.method().equals("POST")) {
            work.answer(request, answer);
        } else {
            answer.text(405, "POST, please\n");
        }
    }

    private void register(InnerRequest request, InnerAnswer answer)
            throws IOException, InterruptedException, MalformedException {
        RegisterRequest wanted = InnerRequests.register(request.body());
        Visitor visitor = request.visitor();
        if (!registrations.take(visitor.from())) {
            refusals.count(RefusalKind.TOO_MANY_REGISTRATIONS, visitor.from(), "");
            later(answer, "too many registrations", Duration.ofSeconds(5));
        } else if (wanted.auth() != null && !guesses.has(visitor.from())) {
            refusals.count(RefusalKind.TOO_MANY_GUESSES, visitor.from(), "");
            later(answer, "too many wrong auth keys", AFTER_GUESSES);
        } else if (wanted.version() < settings.oldestVersion()) {
            refusals.count(RefusalKind.OLD_VERSION, visitor.from(), "");
            answer.reply(200, JSON, ControlJson.write(refused(unsupported(wanted))));
        } else {
            join(visitor, wanted, answer);
        }
    }

    private void join(Visitor visitor, RegisterRequest wanted, InnerAnswer answer)
            throws IOException, InterruptedException {
        try {
            RegisterResponse response = tailnet.register(visitor.machine(), wanted);
            if (response.error() != null && !response.error().isEmpty()) {
                refusals.count(RefusalKind.WRONG_KEY, visitor.from(), response.error());
                guesses.take(visitor.from());
            } else if (response.machineAuthorized()) {
                visitor.known();
            }
            answer.reply(200, JSON, ControlJson.write(response));
        } catch (Overloaded e) {
            refusals.count(RefusalKind.TOO_MANY_GUESSES, visitor.from(), "");
            later(answer, String.valueOf(e.getMessage()), e.retryAfter());
        }
    }

    private static void later(InnerAnswer answer, String why, Duration wait)
            throws IOException, InterruptedException {
        String seconds = Long.toString(Math.max(1, wait.toSeconds()));
        answer.head(InnerAnswer.headers(429).set("retry-after", seconds));
        answer.write((why + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /// A refusal that clients show to people; for an HTTP error they would only write a line into their log.
    private static RegisterResponse refused(String why) {
        return new RegisterResponse(
                new UserInfo(0, "", "", null),
                new LoginInfo(0, "", "", "", ""),
                false,
                false,
                "",
                "",
                why);
    }

    private static String unsupported(RegisterRequest request) {
        HostInfo info = request.hostInfo();
        String release = info == null || info.ipnVersion() == null ? "" : info.ipnVersion();
        return "unsupported client version: " + release + " (" + request.version() + ")";
    }

    private void map(InnerRequest request, InnerAnswer answer)
            throws IOException, InterruptedException, MalformedException {
        MapRequest wanted = InnerRequests.map(request.body());
        Visitor visitor = request.visitor();
        if (tailnet.node(visitor.machine(), wanted.nodeKey()).isPresent()) {
            visitor.known();
        }
        try {
            maps.answer(visitor.machine(), wanted, new MapSink(answer));
        } catch (Refusal e) {
            if (e.httpStatus() == 404) {
                refusals.count(RefusalKind.UNKNOWN_NODE, visitor.from(), "");
            } else if (e.httpStatus() == 400) {
                refusals.count(RefusalKind.OLD_VERSION, visitor.from(), "");
            }
            answer.text(e.httpStatus(), e.text() + "\n");
        }
    }

    private void pinged(InnerRequest request, String token, InnerAnswer answer)
            throws IOException, InterruptedException {
        if (maps.pingAnswered(request.visitor().machine(), token, request.body())) {
            answer.head(InnerAnswer.headers(204));
        } else {
            refusals.count(RefusalKind.UNKNOWN_NODE, request.visitor().from(), "");
            answer.text(404, "nobody asked\n");
        }
    }
}
