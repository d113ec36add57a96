package dev.remora.sidecar.cli;

import dev.remora.base.MalformedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
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
    private final BufferedReader lines;
    private Optional<Watchdog> watchdog = Optional.empty();

    IpnBus(SocketChannel channel, InputStream body) {
        this.channel = channel;
        this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
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
            String line = lines.readLine();
            while (line != null && line.isEmpty()) {
                line = lines.readLine();
            }
            return line == null
                    ? Optional.empty()
                    : Optional.of(Tree.parse(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException | MalformedException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        watchdog.ifPresent(Watchdog::close);
        Watchdog.close(channel);
    }
}
