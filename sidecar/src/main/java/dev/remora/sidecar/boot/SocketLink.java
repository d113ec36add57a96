package dev.remora.sidecar.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A link to our socket at the place where tools look for a daemon's, as `docker exec … tailscale status` does. It never takes the place of anything but a link.
final class SocketLink {
    private static final Logger LOG = LoggerFactory.getLogger(SocketLink.class);

    private final Path link;
    private final Path socket;

    SocketLink(Path link, Path socket) {
        this.link = link;
        this.socket = socket.toAbsolutePath();
    }

    /// Makes it; that this may fail, on a read-only disk for example, is no reason not to go on.
    void make() {
        try {
            Path directory = link.getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            if (Files.isSymbolicLink(link)) {
                Files.delete(link);
            }
            Files.createSymbolicLink(link, socket);
        } catch (IOException e) {
            LOG.info(
                    "there is no link at {} ({}): where TS_SOCKET is not set, commands want --socket={}",
                    link,
                    e.getClass().getSimpleName(),
                    socket);
        }
    }

    /// Removes it, if it is ours.
    void remove() {
        try {
            if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(socket)) {
                Files.delete(link);
            }
        } catch (IOException e) {
            LOG.debug("the link at {} stays: {}", link, e.getMessage());
        }
    }
}
