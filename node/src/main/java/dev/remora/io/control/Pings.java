package dev.remora.io.control;

import dev.remora.base.MalformedException;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.PingRequest;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the ping requests in map messages, each on a thread of its own, so that none holds up the map.
final class Pings {
    private static final Logger LOG = LoggerFactory.getLogger(Pings.class);

    private static final Duration SIGN_OF_LIFE_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration C2N_TIMEOUT = Duration.ofMinutes(1);

    /// A server that asks faster than we answer gets no more threads of ours than this.
    private static final int MAX_AT_ONCE = 8;

    private final ControlClient client;
    private final ControlListener listener;
    private final ExecutorService threads;
    private final Semaphore free = new Semaphore(MAX_AT_ONCE);
    private String lastUrl = "";

    Pings(ControlClient client, ControlListener listener, ExecutorService threads) {
        this.client = client;
        this.listener = listener;
        this.threads = threads;
    }

    /// Starts to answer, unless this very request was seen just before.
    void on(PingRequest request) {
        String url = request.url();
        if (url == null || url.isEmpty() || url.equals(lastUrl)) {
            return;
        }
        lastUrl = url;
        if (!free.tryAcquire()) {
            LOG.debug("ping request dropped: {} are being answered", MAX_AT_ONCE);
            return;
        }
        threads.execute(() -> {
            try {
                answer(request, url);
            } catch (IOException | MalformedException | IllegalArgumentException e) {
                LOG.debug("a ping request could not be answered: {}", e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                free.release();
            }
        });
    }

    private void answer(PingRequest request, String url)
            throws IOException, MalformedException, InterruptedException {
        String types = request.types() == null ? "" : request.types();
        switch (types) {
            case "" -> showLife(url, request.urlIsNoise());
            case "c2n" -> {
                String payload = request.payload() == null ? "" : request.payload();
                post(url, C2n.answer(Base64.getDecoder().decode(payload)));
            }
            default ->
                    listener.onPing(
                            request,
                            response ->
                                    threads.execute(
                                            () -> postQuietly(url, ControlJson.write(response))));
        }
    }

    private void showLife(String url, boolean insideNoise)
            throws IOException, MalformedException, InterruptedException {
        if (insideNoise) {
            client.exchange(
                    HttpMethod.HEAD, target(url), List.of(), new byte[0], SIGN_OF_LIFE_TIMEOUT);
        } else {
            client.plain(HttpMethod.HEAD, ControlUrl.parse(url), target(url), SIGN_OF_LIFE_TIMEOUT);
        }
    }

    /// Always inside of Noise: the host in the URL is a placeholder, never to be looked up.
    private void post(String url, byte[] body)
            throws MalformedException, ControlException, InterruptedException {
        client.exchange(HttpMethod.POST, target(url), List.of(), body, C2N_TIMEOUT);
    }

    private void postQuietly(String url, byte[] body) {
        try {
            post(url, body);
        } catch (MalformedException | ControlException e) {
            LOG.debug("the result of a ping could not be sent: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String target(String url) throws MalformedException {
        try {
            URI uri = new URI(url);
            String path =
                    uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
            return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        } catch (URISyntaxException e) {
            throw new MalformedException("ping request with a URL that is none");
        }
    }
}
