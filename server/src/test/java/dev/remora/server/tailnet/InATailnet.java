package dev.remora.server.tailnet;

import dev.remora.server.model.User;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// What most tests of the package begin with: an empty tailnet with two users.
abstract class InATailnet {
    @TempDir Path directory;
    TestTailnet world;
    Tailnet tailnet;
    User alice;
    User bob;

    @BeforeEach
    void openTailnet() throws Exception {
        world = TestTailnet.in(directory);
        tailnet = world.tailnet();
        alice = world.user("alice");
        bob = world.user("bob");
    }

    @AfterEach
    void closeTailnet() throws Exception {
        world.close();
    }
}
