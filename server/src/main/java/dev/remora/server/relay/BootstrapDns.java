package dev.remora.server.relay;

import dev.remora.server.http.Answers;
import dev.remora.server.http.Page;
import dev.remora.server.http.Request;
import dev.remora.server.http.Routes;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Addresses of a few names, for nodes whose own DNS is broken and that know where a relay is. Only names that whoever
/// runs the relay has listed, looked up now and then: what strangers ask for costs no look-up.
public final class BootstrapDns implements AutoCloseable {
    /// Enough for the servers of a tailnet.
    public static final int MOST_NAMES = 64;

    private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);
    private static final int MOST_ADDRESSES = 16;
    private static final int AGAIN_AFTER_MINUTES = 10;

    private final List<String> names;
    private final ScheduledFuture<?> timer;
    private volatile Map<String, List<String>> known = Map.of();

    private BootstrapDns(List<String> names, ScheduledExecutorService timers) {
        this.names = List.copyOf(names);
        this.timer =
                timers.scheduleAtFixedRate(
                        () -> Thread.startVirtualThread(this::lookUp),
                        0,
                        AGAIN_AFTER_MINUTES,
                        TimeUnit.MINUTES);
    }

    /// Looks the names up, now and every ten minutes.
    ///
    /// @throws IllegalArgumentException if there are more than [#MOST_NAMES]
    public static BootstrapDns of(List<String> names, ScheduledExecutorService timers) {
        if (names.size() > MOST_NAMES) {
            throw new IllegalArgumentException("more than " + MOST_NAMES + " names");
        }
        return new BootstrapDns(names, timers);
    }

    /// `/bootstrap-dns`.
    public Routes routes() {
        Page page = request -> CompletableFuture.completedFuture(answer(request));
        return Routes.none().withPage("/bootstrap-dns", page);
    }

    /// One name if it is asked for and known, else all there are.
    private FullHttpResponse answer(Request request) {
        Map<String, List<String>> all = known;
        String asked = request.parameter("q").orElse("");
        List<String> one = all.get(asked);
        return Answers.json(
                HttpResponseStatus.OK, json(one == null ? all : Map.of(asked, one)) + "\n");
    }

    /// Names and addresses have no characters that JSON would want escaped.
    private static String json(Map<String, List<String>> answers) {
        return answers.entrySet().stream()
                .map(each -> quoted(each.getKey()) + ":" + list(each.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String list(List<String> addresses) {
        return addresses.stream()
                .map(BootstrapDns::quoted)
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    /// A name that cannot be looked up now keeps what it had.
    private void lookUp() {
        Map<String, List<String>> found = new TreeMap<>(known);
        for (String name : names) {
            try {
                found.put(name, addresses(name));
            } catch (UnknownHostException e) {
                LOG.warn("no address for {}, which --bootstrap-dns names", name);
            }
        }
        known = Map.copyOf(found);
    }

    private static List<String> addresses(String name) throws UnknownHostException {
        return Arrays.stream(InetAddress.getAllByName(name))
                .map(InetAddress::getHostAddress)
                .limit(MOST_ADDRESSES)
                .toList();
    }

    @Override
    public void close() {
        timer.cancel(false);
    }
}
