package dev.remora.sidecar.cli;

import dev.remora.base.MalformedException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;

/// The daemon's stream of notifications: one JSON object a line. Closing it ends the session that came with it, and so a foreground `serve`.
final class IpnBus implements AutoCloseable {
    /// States in the notifications' `State`.
    static final int NEEDS_LOGIN = 2;

    static final int NEEDS_MACHINE_AUTH = 3;
    static final int RUNNING = 6;

    /// Asks for a first message with the session and the state.
    static final int INITIAL_STATE = 2;

    private final SocketChannel channel;
    private final InputStream in;
    private Optional<Watchdog> watchdog = Optional.empty();

    IpnBus(SocketChannel channel, InputStream body) {
        this.channel = channel;
        this.in = new BufferedInputStream(body);
    }

    /// Ends the stream after `limit`, unless that is zero.
    void limit(Duration limit) {
        watchdog = Optional.of(Watchdog.closing(channel, limit));
    }

    boolean timedOut() {
        return watchdog.map(Watchdog::hasBitten).orElse(false);
    }

    /// The next notification, or nothing when the stream has ended for whatever reason.
    Optional<Tree> next() {
        try {
            byte[] line = line();
            while (line.length == 0) {
                line = line();
            }
            return Optional.of(Tree.parse(line));
        } catch (IOException | MalformedException e) {
            return Optional.empty();
        }
    }

    /// Without its end. Bytes, not characters: a decoder would read ahead and lose what came right before the end.
    private byte[] line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the stream has ended");
            }
            line.write(b);
        }
        return line.toByteArray();
    }

    @Override
    public void close() {
        watchdog.ifPresent(Watchdog::close);
        Watchdog.close(channel);
    }
}
