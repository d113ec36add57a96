package dev.remora.sidecar.cli;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// Closes a connection when its time is over, which ends the read that waits on it: a blocking channel has no time-out of its own.
final class Watchdog implements AutoCloseable {
    private final Thread thread;
    private volatile boolean bitten;

    private Watchdog(SocketChannel channel, Duration limit) {
        this.thread = new Thread(() -> watch(channel, limit), "watchdog");
        thread.setDaemon(true);
    }

    /// @param limit zero: never
    static Watchdog closing(SocketChannel channel, Duration limit) {
        Watchdog watchdog = new Watchdog(channel, limit);
        if (!limit.isZero()) {
            watchdog.thread.start();
        }
        return watchdog;
    }

    private void watch(SocketChannel channel, Duration limit) {
        try {
            Thread.sleep(limit);
        } catch (InterruptedException e) {
            return; // in time
        }
        bitten = true;
        close(channel);
    }

    boolean hasBitten() {
        return bitten;
    }

    static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing more is wanted of it
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
