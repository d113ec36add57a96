package dev.remora.io.control;

import dev.remora.base.MalformedException;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import dev.remora.io.loop.EngineLoop;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.DialPlan;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.RegisterRequest;
import dev.remora.proto.control.RegisterResponse;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// Gets connections to the control server when they are needed, and speaks single requests over them.
/// Every failure is a [ControlException] that says why. Safe for several threads.
final class ControlClient implements AutoCloseable {
    private static final int MAX_ANSWER = 1 << 20;

    private final ControlConfig config;
    private final ServerDialer dialer;
    private final HttpOnce http;
    private final ServerKeyFetch keys;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final ReentrantLock dialing = new ReentrantLock();
    private Optional<ControlConnection> current = Optional.empty();
    private Optional<MachineKey> serverKey = Optional.empty();
    private DialPlan plan = new DialPlan(null);

    ControlClient(
            ControlConfig config,
            EngineLoop loop,
            ExecutorService slow,
            RandomGenerator random,
            InstantSource clock) {
        this.config = config;
        Dialer anywhere = new Dialer(loop, config.trust(), config.proxies(), slow);
        this.dialer = new ServerDialer(config, anywhere, random);
        this.http = new HttpOnce(anywhere);
        this.keys = new ServerKeyFetch(config, http);
        this.random = random;
        this.clock = clock;
    }

    /// The connection there is, or a new one.
    ControlConnection connection() throws ControlException, InterruptedException {
        dialing.lockInterruptibly();
        try {
            if (current.isEmpty() || !current.get().isOpen()) {
                MachineKey server = serverKey.isPresent() ? serverKey.get() : keys.fetch();
                serverKey = Optional.of(server);
                current = Optional.of(dialer.dial(server, plan));
            }
            return current.get();
        } catch (IOException e) {
            ControlException failure = failure(e);
            if (failure.reason() == Reason.HANDSHAKE_REFUSED) {
                serverKey = Optional.empty(); // perhaps it has another one by now
            }
            throw failure;
        } finally {
            dialing.unlock();
        }
    }

    /// Where else the server can be reached, by its own word.
    void useDialPlan(DialPlan plan) {
        dialing.lock();
        try {
            this.plan = plan;
        } finally {
            dialing.unlock();
        }
    }

    /// Ends the connection, so that the next request makes a new one.
    void disconnect() {
        dialing.lock();
        try {
            current.ifPresent(ControlConnection::close);
            current = Optional.empty();
        } finally {
            dialing.unlock();
        }
    }

    @Override
    public void close() {
        disconnect();
    }

    RegisterResponse register(RegisterRequest request, Duration timeout)
            throws ControlException, InterruptedException {
        List<String> hints = new ArrayList<>();
        if (request.oldNodeKey() != null && !request.oldNodeKey().isZero()) {
            hints.add(request.oldNodeKey().text());
        }
        hints.add(request.nodeKey().text());
        ControlConnection.Answer answer =
                exchange(
                        HttpMethod.POST,
                        "/machine/register",
                        hints,
                        ControlJson.write(request),
                        timeout);
        if (answer.status() == 429) {
            throw new ControlException(
                    Reason.RATE_LIMITED,
                    "The control server "
                            + config.url()
                            + " asks us to be patient: "
                            + Failures.quoted(answer.text()),
                    RetryAfter.of(answer.retryAfter(), clock.instant(), random));
        }
        if (answer.status() != 200) {
            throw refused(answer.status(), answer.text());
        }
        try {
            return ControlJson.read(RegisterResponse.class, answer.body());
        } catch (MalformedException e) {
            throw Failures.ofMalformed(e, config.url().text());
        }
    }

    /// Tells the server about us.
    void update(MapRequest request) throws ControlException, InterruptedException {
        ControlConnection.Answer answer =
                exchange(
                        HttpMethod.POST,
                        "/machine/map",
                        List.of(request.nodeKey().text()),
                        ControlJson.write(request),
                        config.timing().request());
        if (answer.status() != 200) {
            throw refusedMap(answer.status(), answer.text());
        }
    }

    /// Opens the map stream.
    Http2Stream openMap(MapRequest request) throws ControlException, InterruptedException {
        NodeKey key = request.nodeKey();
        try {
            Http2Stream stream =
                    connection()
                            .open(
                                    HttpMethod.POST,
                                    "/machine/map",
                                    List.of(key.text()),
                                    ControlJson.write(request));
            try {
                int status = stream.status(config.timing().watchdog());
                if (status != 200) {
                    byte[] body = stream.readAll(MAX_ANSWER, config.timing().request());
                    throw refusedMap(status, new String(body, StandardCharsets.UTF_8));
                }
                return stream;
            } catch (IOException | InterruptedException | RuntimeException e) {
                stream.close();
                throw e;
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /// One short request inside of Noise.
    ControlConnection.Answer exchange(
            HttpMethod method, String target, List<String> hints, byte[] body, Duration timeout)
            throws ControlException, InterruptedException {
        try {
            return connection().exchange(method, target, hints, body, MAX_ANSWER, timeout);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /// One request outside of Noise, to any server.
    HttpOnce.Answer plain(HttpMethod method, ControlUrl url, String target, Duration timeout)
            throws IOException, InterruptedException {
        return http.request(method, url, target, timeout);
    }

    private ControlException failure(IOException e) {
        return Failures.of(e, config.url().text(), clock.instant());
    }

    /// A map request that is not answered with a map: mostly, we are not known any more.
    private ControlException refusedMap(int status, String text) {
        boolean unknown = status == 404 || status == 401 || status == 403 || status == 400;
        return unknown && !Failures.isAboutVersion(text)
                ? new ControlException(Reason.NODE_GONE, goneSentence(config.url()))
                : refused(status, text);
    }

    static String goneSentence(ControlUrl url) {
        return "The control server "
                + url
                + " does not know this node any more: it was deleted there, or has to log in again.";
    }

    private ControlException refused(int status, String text) {
        return Failures.ofStatus(status, text, config.url().text());
    }
}
