package dev.remora.node;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.Watch;
import dev.remora.io.udp.UdpSocket;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's two UDP sockets, one for each family, on the same port where that is free. Used on the loop.
///
/// A family that this machine does not have is simply missing; a node without either still works through relays. While the configured port is taken,
/// another one serves, and the configured one is looked at again and again.
final class UdpPorts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UdpPorts.class);

    /// System calls for one wake-up; each brings up to 64 datagrams.
    private static final int READ_BUDGET = 16;

    private static final long LOOK_AGAIN_AFTER_S = 10;

    private final EngineLoop loop;
    private final int configuredPort;
    private final UdpSocket.Receiver receiver;
    private final Runnable endOfBatch;
    private final Runnable reopenWanted;
    private Optional<String> problem = Optional.empty();
    private String refusal = "";
    private boolean lookingAgain;
    private boolean closed;
    private @Nullable Port v4;
    private @Nullable Port v6;

    private record Port(UdpSocket socket, Watch watch) {
        void close() {
            watch.stop();
            socket.close();
        }
    }

    /// @param configuredPort the port to use, 0 for any
    /// @param endOfBatch called when what a wake-up brought was handed to `receiver`
    /// @param reopenWanted called when a socket can no longer be read, or the configured port has become free
    UdpPorts(
            EngineLoop loop,
            int configuredPort,
            UdpSocket.Receiver receiver,
            Runnable endOfBatch,
            Runnable reopenWanted) {
        this.loop = loop;
        this.configuredPort = configuredPort;
        this.receiver = receiver;
        this.endOfBatch = endOfBatch;
        this.reopenWanted = reopenWanted;
    }

    /// Opens the sockets: on the configured port, else on `preferred`, else on any.
    void open(int preferred) {
        v4 = open(IpAddress.ANY_V4, preferred);
        v6 = open(IpAddress.ANY_V6, v4 == null ? preferred : v4.socket.port());
        Optional<String> now = findProblem();
        if (!now.equals(problem)) {
            now.ifPresentOrElse(
                    LOG::warn, () -> LOG.info("UDP port {} can be used now", port(v4 != null)));
        }
        problem = now;
        if (problem.isPresent()) {
            lookAgainLater();
        }
    }

    private void lookAgainLater() {
        if (!lookingAgain) {
            lookingAgain = true;
            loop.netty().schedule(this::lookAgain, LOOK_AGAIN_AFTER_S, TimeUnit.SECONDS);
        }
    }

    private void lookAgain() {
        lookingAgain = false;
        if (closed || problem.isEmpty()) {
            return;
        }
        boolean hope =
                v4 == null && v6 == null
                        ? isFree(IpAddress.ANY_V4) || isFree(IpAddress.ANY_V6)
                        : (v4 == null || isInPlace(v4) || isFree(IpAddress.ANY_V4))
                                && (v6 == null || isInPlace(v6) || isFree(IpAddress.ANY_V6));
        if (hope) {
            reopenWanted.run();
        }
        lookAgainLater();
    }

    private boolean isFree(IpAddress any) {
        try {
            UdpSocket.open(loop, any, configuredPort).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isInPlace(Port port) {
        return configuredPort == 0 || port.socket.port() == configuredPort;
    }

    private @Nullable Port open(IpAddress any, int preferred) {
        IOException last = null;
        for (int port : candidates(preferred)) {
            try {
                return watched(UdpSocket.open(loop, any, port));
            } catch (IOException e) {
                last = e;
                if (port == configuredPort) {
                    refusal = String.valueOf(e.getMessage()).replaceFirst(".*: ", "");
                }
            }
        }
        LOG.info(
                "no UDP over {}: {}",
                any.v4() ? "IPv4" : "IPv6",
                last == null ? "" : last.getMessage());
        return null;
    }

    /// Without duplicates; 0, any port at all, is the last resort.
    private List<Integer> candidates(int preferred) {
        return IntStream.concat(
                        IntStream.of(configuredPort, preferred).filter(port -> port != 0),
                        IntStream.of(0))
                .distinct()
                .boxed()
                .toList();
    }

    private Optional<String> findProblem() {
        if (v4 == null && v6 == null) {
            return Optional.of("No UDP port can be opened: everything goes through relays.");
        }
        Port first = v4 != null && !isInPlace(v4) || v6 == null ? v4 : v6;
        if (first == null || isInPlace(first)) {
            return Optional.empty();
        }
        String why =
                refusal.contains("in use")
                        ? "is in use by another program"
                        : "cannot be opened (" + refusal + ")";
        return Optional.of(
                "UDP port %d %s: using port %d until it is free."
                        .formatted(configuredPort, why, first.socket.port()));
    }

    /// What is wrong, and what is done about it; empty: nothing.
    Optional<String> problem() {
        return problem;
    }

    private Port watched(UdpSocket socket) {
        Watch watch =
                loop.watch(
                        socket.pollable(),
                        () -> {
                            for (int i = 0; i < READ_BUDGET && socket.receive(receiver); i++) {}
                            endOfBatch.run();
                        },
                        e -> {
                            LOG.warn("UDP socket: {}", e.getMessage());
                            reopenWanted.run();
                        });
        return new Port(socket, watch);
    }

    /// Closes both and opens them again, on the same port if possible.
    void reopen() {
        int port = v4 != null ? v4.socket.port() : v6 != null ? v6.socket.port() : 0;
        closeSockets();
        open(port);
    }

    /// The port of a family, 0 without a socket.
    int port(boolean ipv4) {
        Port port = ipv4 ? v4 : v6;
        return port == null ? 0 : port.socket.port();
    }

    boolean isPortConfigured() {
        return configuredPort != 0 && port(true) == configuredPort;
    }

    /// Sends datagrams that stand one behind the other.
    ///
    /// @return how many were not taken, for now or for good
    /// @throws IOException if this destination, or everything, cannot be sent to
    int send(IpPort to, ByteBuffer datagrams, int segmentSize) throws IOException {
        Port port = to.ip().v4() ? v4 : v6;
        if (port == null) {
            throw new NoRouteToHostException("no UDP socket for " + to);
        }
        return port.socket.send(to, datagrams, segmentSize);
    }

    @Override
    public void close() {
        closed = true;
        closeSockets();
    }

    private void closeSockets() {
        if (v4 != null) {
            v4.close();
        }
        if (v6 != null) {
            v6.close();
        }
        v4 = null;
        v6 = null;
    }
}
