package dev.remora.lab.interop;

import dev.remora.lab.peers.TailnetDaemon;
import java.util.List;

/// What a daemon has printed since a moment, through all its restarts.
final class LogSince {
    private final TailnetDaemon daemon;
    private final int from;

    private LogSince(TailnetDaemon daemon, int from) {
        this.daemon = daemon;
        this.from = from;
    }

    static LogSince now(TailnetDaemon daemon) {
        return new LogSince(daemon, daemon.process().log().length());
    }

    String text() {
        return daemon.process().log().substring(from);
    }

    /// The lines that contain `part`, in any case of its letters.
    List<String> linesWith(String part) {
        return text().lines()
                .filter(line -> line.toLowerCase().contains(part.toLowerCase()))
                .toList();
    }
}
