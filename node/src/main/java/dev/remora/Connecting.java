package dev.remora;

import dev.remora.base.IpAddress;
import dev.remora.node.Node;
import dev.remora.node.NodeStatus;
import dev.remora.node.StreamChannel;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One connection of ours until it stands, or it is known why it never will.
///
/// A peer that is offline by control's word and has not been heard of lately either is given up after five seconds. Any other is waited for as long as
/// the caller wishes: an answer may have been lost, or the peer is just coming up.
final class Connecting {
    /// When a WireGuard handshake that was not answered is begun again.
    private static final Duration HANDSHAKE = Duration.ofSeconds(5);

    private final Node node;
    private final IpAddress to;
    private final String failed;
    private final BlockingStream stream = new BlockingStream();
    private final CompletableFuture<StreamChannel> opened;
    private final CompletableFuture<BlockingStream> connected;

    /// Begins.
    ///
    /// @param name what the user calls the peer
    Connecting(Node node, String name, IpAddress to, int port) {
        this.node = node;
        this.to = to;
        this.failed = "connect to " + name + ":" + port + ": ";
        this.opened = node.connect(to, port, stream);
        this.connected = opened.thenCompose(channel -> stream.connected());
    }

    /// @throws IOException as [RemoraNode#connect] says; the connection is given up then
    Socket await(Duration timeout) throws IOException {
        try {
            Optional<Socket> socket;
            Duration left = timeout;
            do {
                Duration step = left.compareTo(HANDSHAKE) < 0 ? left : HANDSHAKE;
                socket = within(step);
                left = left.minus(step);
            } while (socket.isEmpty() && left.isPositive() && !silence().isOffline());
            return socket.orElseThrow(() -> unanswered(timeout));
        } catch (ExecutionException e) {
            Throwable why = Objects.requireNonNullElse(e.getCause(), e);
            throw new ConnectException(failed + why.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            opened.thenRun(stream::close);
            throw new InterruptedIOException(failed + "interrupted");
        }
    }

    private Optional<Socket> within(Duration time)
            throws IOException, ExecutionException, InterruptedException {
        try {
            return Optional.of(
                    TailnetSocketImpl.socket(
                            connected.get(time.toMillis(), TimeUnit.MILLISECONDS)));
        } catch (TimeoutException e) {
            return Optional.empty();
        }
    }

    private IOException unanswered(Duration timeout) {
        opened.thenRun(stream::close);
        Silence silence = silence();
        return silence.isOffline()
                ? new NoRouteToHostException(failed + silence.sentence())
                : new SocketTimeoutException(
                        "%sno answer within %d ms: %s"
                                .formatted(failed, timeout.toMillis(), silence.sentence()));
    }

    private Silence silence() {
        NodeStatus status = node.status();
        return Silence.of(
                status.netMap().flatMap(map -> node.peerOf(to).flatMap(map::peer)),
                key -> Optional.ofNullable(status.peers().get(key)),
                status.now());
    }
}
