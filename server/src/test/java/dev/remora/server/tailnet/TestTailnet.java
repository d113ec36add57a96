package dev.remora.server.tailnet;

import dev.remora.server.model.User;
import dev.remora.server.policy.PolicyException;
import dev.remora.server.store.SqliteStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// A tailnet in a directory of a test's, with time by hand and a list of what it told.
public final class TestTailnet implements AutoCloseable {
    static final Actor ADMIN = new Actor("test");

    private final Path file;
    private final TailnetSettings settings;
    public final HandTimers timers = new HandTimers();
    public final List<Change> changes = new ArrayList<>();
    private Tailnet tailnet;

    private TestTailnet(Path directory, TailnetSettings settings)
            throws IOException, PolicyException {
        this.file = directory.resolve("tailnet.db");
        this.settings = settings;
        this.tailnet = open();
    }

    public static TestTailnet in(Path directory) throws IOException, PolicyException {
        return in(directory, settings -> settings);
    }

    public static TestTailnet in(Path directory, UnaryOperator<TailnetSettings> with)
            throws IOException, PolicyException {
        TailnetSettings settings = TailnetSettings.of("http://127.0.0.1:8080", "tail.example");
        return new TestTailnet(directory, with.apply(settings));
    }

    private Tailnet open() throws IOException, PolicyException {
        Tailnet opened =
                Tailnet.open(
                        settings,
                        SqliteStorage.open(file),
                        timers.clock(),
                        new SecureRandom(),
                        timers);
        opened.listen(changes::add);
        return opened;
    }

    public Tailnet tailnet() {
        return tailnet;
    }

    /// As a server that is stopped and started again.
    public void restart() throws IOException, PolicyException {
        tailnet.close();
        tailnet = open();
        changes.clear();
    }

    public void pass(Duration span) {
        timers.pass(span);
    }

    /// What was told since the last time.
    public List<Change> news() {
        List<Change> news = List.copyOf(changes);
        changes.clear();
        return news;
    }

    public User user(String name) throws Refused {
        return tailnet.users().create(NewUser.named(name), ADMIN);
    }

    /// A key that lets in many nodes of this user.
    public CreatedAuthKey keyFor(User user) throws Refused {
        return tailnet.authKeys().create(KeyWish.of(user).reusable().build(), ADMIN);
    }

    @Override
    public void close() throws IOException {
        tailnet.close();
    }
}
