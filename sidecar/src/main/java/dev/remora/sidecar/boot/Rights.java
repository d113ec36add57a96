package dev.remora.sidecar.boot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// What this program may do in its container. An image starts it as root, since that is whom a state belongs to that the official image has made, or a folder of the
/// machine's; but nothing it does needs root, so it takes what is there for itself and becomes an ordinary user before it says a word to anybody.
///
/// It stays root where it could not read something otherwise that it is told to read, as a secret that only root may see, and where the system does not let it change.
final class Rights {
    /// Says which user is ordinary; an image of ours does.
    static final String VARIABLE = "REMORA_RUN_AS";

    private static final String FILE = "file:";
    private static final int ROOT = 0;

    private Rights() {}

    /// The ordinary user's number; root's if nothing is to be changed. Empty if the variable makes no sense.
    static OptionalInt user(Environment environment) {
        String text = environment.get(VARIABLE).orElse("0");
        boolean number = text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }

    /// Called before anything else happens, and has no effect unless we are root and somebody else is named.
    ///
    /// @param config a file to be read beside those that the environment names
    /// @param state where the state is, if it is kept
    /// @return why we are root all the same, for the log that is not there yet
    static Optional<String> reduce(
            Environment environment, Optional<Path> config, Optional<Path> state) {
        int user = user(environment).orElse(ROOT);
        if (user == ROOT || !SystemUser.isRoot()) {
            return Optional.empty();
        }
        List<String> values = new ArrayList<>(environment.variables().values());
        config.ifPresent(file -> values.add(file.toAbsolutePath().toString()));
        Optional<Path> secret = rootsOwn(values, user);
        if (secret.isPresent()) {
            return Optional.of(
                    "running as root, since user %d may not read %s".formatted(user, secret.get()));
        }
        try {
            if (state.isPresent()) {
                hand(state.get(), user);
            }
            SystemUser.become(user);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    "running as root: cannot become user %d (%s)".formatted(user, e.getMessage()));
        }
    }

    /// The first file among these values, as they are or behind `file:`, that this user may not read.
    static Optional<Path> rootsOwn(Collection<String> values, int user) {
        return values.stream()
                .map(value -> value.startsWith(FILE) ? value.substring(FILE.length()) : value)
                .filter(value -> value.startsWith("/") && value.indexOf('\0') < 0)
                .map(Path::of)
                .filter(Files::isRegularFile)
                .filter(file -> !mayRead(user, file))
                .findFirst();
    }

    private static boolean mayRead(int user, Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)
                    || owner(file) == user;
        } catch (IOException e) {
            return false;
        }
    }

    private static int owner(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    /// Gives this user what is root's in the directory, and the directory itself, which is made if it is missing.
    private static void hand(Path directory, int user) throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.toList()) {
                if (owner(each) == ROOT) {
                    Files.setAttribute(each, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
                }
            }
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
