package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketLinkTest {
    @TempDir private Path directory;

    private Path place() {
        return directory.resolve("run/tailscale/tailscaled.sock");
    }

    @Test
    void takesThePlaceOfAnOldLinkAndGoesAgain() throws Exception {
        Path socket = directory.resolve("new.sock");
        Files.createDirectories(place().getParent());
        Files.createSymbolicLink(place(), directory.resolve("old.sock"));
        SocketLink link = new SocketLink(place(), socket);

        link.make();
        assertThat(Files.readSymbolicLink(place())).isEqualTo(socket);
        link.remove();
        assertThat(Files.isSymbolicLink(place())).isFalse();
    }

    @Test
    void leavesAloneWhatIsNoLink() throws Exception {
        Files.createDirectories(place().getParent());
        Files.writeString(place(), "a socket of somebody else");
        SocketLink link = new SocketLink(place(), directory.resolve("new.sock"));

        link.make();
        link.remove();

        assertThat(place()).hasContent("a socket of somebody else");
    }
}
