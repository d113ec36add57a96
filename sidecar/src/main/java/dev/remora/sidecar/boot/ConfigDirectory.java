package dev.remora.sidecar.boot;

import dev.remora.sidecar.config.Version;
import dev.remora.sidecar.life.Daemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The directory of configuration files for the daemon, one for each level of the interface from which on it is to be read: the newest that is not beyond ours counts. Whoever has one says
/// everything about the node in it, and nothing by variables or `up`.
final class ConfigDirectory {
    static final String VARIABLE = "TS_EXPERIMENTAL_VERSIONED_CONFIG_DIR";
    private static final Pattern NAME = Pattern.compile("cap-(\\d{1,6})\\.hujson");

    /// The name of old, for all levels.
    private static final String FIRST_NAME = "tailscaled";

    /// What the file says instead.
    private static final List<String> IN_FILE =
            List.of(
                    "TS_HOSTNAME",
                    "TS_EXTRA_ARGS",
                    "TS_AUTHKEY",
                    "TS_AUTH_KEY",
                    "TS_ACCEPT_DNS",
                    "TS_CLIENT_ID",
                    "TS_CLIENT_SECRET",
                    "TS_ID_TOKEN",
                    "TS_AUDIENCE",
                    "TS_TAGS",
                    "REMORA_CONTROL_URL");

    private final Environment environment;
    private final List<String> wrong;

    /// @param wrong where sentences about what is wrong are added
    ConfigDirectory(Environment environment, List<String> wrong) {
        this.environment = environment;
        this.wrong = wrong;
    }

    /// The file to be used; empty if there is to be none, or none that would do.
    Optional<Path> file() {
        Optional<String> directory = environment.get(VARIABLE);
        if (directory.isEmpty()) {
            return Optional.empty();
        }
        List<String> given =
                Stream.concat(
                                IN_FILE.stream().filter(environment::isGiven),
                                Stream.of("TS_ROUTES")
                                        .filter(name -> environment.getWithEmpty(name).isPresent()))
                        .toList();
        if (!given.isEmpty()) {
            wrong.add(VARIABLE + " cannot be combined with " + String.join(", ", given));
        }
        return chosen(Path.of(directory.get()));
    }

    private Optional<Path> chosen(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            Optional<Path> newest =
                    files.filter(file -> !Files.isDirectory(file))
                            .filter(file -> level(file).isPresent())
                            .max(Comparator.comparingInt(file -> level(file).orElse(0)));
            if (newest.isEmpty()) {
                wrong.add(
                        "%s: there is no file cap-N.hujson in %s with an N of at most %d"
                                .formatted(VARIABLE, directory, Version.LOCAL_API_LEVEL));
                return Optional.empty();
            }
            Daemon.checkConfig(newest.get());
            return newest;
        } catch (NoSuchFileException e) {
            wrong.add(VARIABLE + ": there is no directory " + directory);
        } catch (NotDirectoryException e) {
            wrong.add(
                    VARIABLE
                            + ": "
                            + directory
                            + " is no directory; name the one that has the file");
        } catch (IOException e) {
            wrong.add(VARIABLE + ": " + e.getMessage());
        }
        return Optional.empty();
    }

    /// From which level on a file is meant; empty for one that is not meant for us.
    private static OptionalInt level(Path file) {
        String name = String.valueOf(file.getFileName());
        if (name.equals(FIRST_NAME)) {
            return OptionalInt.of(0);
        }
        Matcher matcher = NAME.matcher(name);
        int level = matcher.matches() ? Integer.parseInt(matcher.group(1)) : Integer.MAX_VALUE;
        return level <= Version.LOCAL_API_LEVEL ? OptionalInt.of(level) : OptionalInt.empty();
    }
}
