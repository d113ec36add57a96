package dev.remora.io.state;

import dev.remora.base.StrangersJson;
import io.avaje.jsonb.Jsonb;
import io.avaje.jsonb.Types;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// State in one directory, in the form that `tailscaled` uses, so that either can take over from the other:
///
///     <dir>/tailscaled.state   {"<key>": "<base64 of the value>", …}, mode 0600
///     <dir>/remora.lock        held while a daemon runs
///
/// Every change writes a whole new file, forces it to disk and renames it over the old one: a crash at any moment leaves the old state or the new one.
public final class StateFile implements StateStore {
    public static final String FILE_NAME = "tailscaled.state";

    /// Far more than a node needs; a file beyond it is not ours.
    private static final long MAX_BYTES = 16 << 20;

    private static final String UNTIL_THEN = ". Until then a restart forgets what has changed.";

    private final Path directory;
    private final Path file;
    private final Map<String, String> values;
    private DirectoryLock lock;
    private Optional<String> trouble;

    /// Whether there are values that are not on disk.
    private boolean dirty;

    private StateFile(
            Path directory,
            DirectoryLock lock,
            Map<String, String> values,
            Optional<String> trouble) {
        this.directory = directory;
        this.file = directory.resolve(FILE_NAME);
        this.lock = lock;
        this.values = values;
        this.trouble = trouble;
    }

    /// Opens the state in `directory`, which is created (mode 0700) when it is missing. A directory that cannot be written will do if there is a
    /// state in it: then [#trouble] says so.
    ///
    /// @throws StateInUseException if another daemon uses it
    /// @throws StateException if it cannot be used, or if its content is no state: then a copy of the file is kept aside and the file itself stays, so
    ///     that nobody becomes a new node by accident
    public static StateFile open(Path directory) throws StateException {
        DirectoryLock lock;
        Optional<String> trouble = Optional.empty();
        try {
            lock = DirectoryLock.take(directory);
        } catch (StateInUseException e) {
            throw e;
        } catch (IOException e) {
            StateException unusable = unusable(directory, e);
            if (!Files.isReadable(directory.resolve(FILE_NAME))) {
                throw unusable;
            }
            lock = DirectoryLock.takeForReading(directory);
            trouble = Optional.of(sentence(unusable) + UNTIL_THEN);
        }
        try {
            return new StateFile(directory, lock, load(directory.resolve(FILE_NAME)), trouble);
        } catch (StateException e) {
            lock.close();
            throw e;
        }
    }

    private static StateException unusable(Path directory, IOException e) {
        String what = "cannot write to the state directory " + directory + ": ";
        String remedy = "choose another one";
        return new StateException(
                obstacle(directory)
                        .map(file -> what + file + " is no directory; " + remedy)
                        .orElseGet(() ->
                                what + why(e) + "; make it writable for this user, or " + remedy),
                e);
    }

    /// What stands on the way to `directory` and is none itself.
    private static Optional<Path> obstacle(Path directory) {
        return Stream.iterate(directory.toAbsolutePath(), Objects::nonNull, Path::getParent)
                .filter(Files::exists)
                .findFirst()
                .filter(nearest -> !Files.isDirectory(nearest));
    }

    private static String sentence(StateException e) {
        String text = String.valueOf(e.getMessage());
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private static Map<String, String> load(Path file) throws StateException {
        byte[] bytes;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw damagedFile(file, "it is larger than any state", null);
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return new TreeMap<>();
        } catch (StateException e) {
            throw e;
        } catch (IOException e) {
            throw new StateException("cannot read the state file " + file + ": " + why(e), e);
        }
        return parse(file, bytes);
    }

    private static Map<String, String> parse(Path file, byte[] bytes) throws StateException {
        try {
            Map<String, String> values =
                    Jsonb.instance()
                            .<Map<String, String>>type(Types.mapOf(String.class))
                            .fromJson(StrangersJson.mend(bytes));
            Base64.Decoder base64 = Base64.getDecoder();
            values.values().forEach(base64::decode);
            return new TreeMap<>(values);
        } catch (RuntimeException e) { // the library throws several kinds on broken texts
            throw damagedFile(
                    file,
                    bytes.length == 0 ? "it is empty" : "it is not a JSON object of base64 texts",
                    e);
        }
    }

    @Override
    public StateException damaged(String why, @Nullable Exception cause) {
        return damagedFile(file, why, cause);
    }

    private static StateException damagedFile(Path file, String why, @Nullable Exception cause) {
        String kept = keepAside(file);
        return StateException.of(
                "the state file "
                        + file
                        + " is damaged ("
                        + why
                        + "); "
                        + kept
                        + "; restore a backup, or remove the file to start as a new node",
                cause);
    }

    private static String keepAside(Path file) {
        try {
            for (int i = 1; ; i++) {
                Path copy = file.resolveSibling(FILE_NAME + ".damaged-" + i);
                if (Files.notExists(copy)) {
                    Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                    return "a copy is kept as " + copy.getFileName();
                }
                if (Files.mismatch(file, copy) < 0) {
                    return "a copy is kept as " + copy.getFileName();
                }
            }
        } catch (IOException e) {
            return "no copy could be made (" + why(e) + ")";
        }
    }

    @Override
    public Optional<byte[]> read(String key) {
        return Optional.ofNullable(values.get(key)).map(Base64.getDecoder()::decode);
    }

    /// What is on disk already is not written again: a node must come back on a disk that has become full.
    @Override
    public void write(Map<String, byte[]> changes) throws IOException {
        changes.forEach(this::put);
        if (dirty) {
            save();
        }
    }

    private void put(String key, byte[] value) {
        if (value.length == 0) {
            dirty |= values.remove(key) != null;
        } else {
            String now = Base64.getEncoder().encodeToString(value);
            dirty |= !now.equals(values.put(key, now));
        }
    }

    @Override
    public void retry() throws IOException {
        if (!lock.isForWriting() && Files.isWritable(directory)) {
            lock.close();
            lock = DirectoryLock.take(directory);
            trouble = Optional.empty();
        }
        if (dirty) {
            save();
        }
    }

    @Override
    public Optional<String> trouble() {
        return trouble;
    }

    private void save() throws IOException {
        try {
            if (!lock.isForWriting()) {
                throw new FileSystemException(
                        directory.toString(), null, "the directory is not writable");
            }
            Replacement.of(file, json(), true);
            dirty = false;
            trouble = Optional.empty();
        } catch (IOException e) {
            StateException unsaved =
                    new StateException(
                            "cannot write the state file "
                                    + file
                                    + ": "
                                    + why(e)
                                    + "; make room or give write access",
                            e);
            trouble = Optional.of(sentence(unsaved) + UNTIL_THEN);
            throw unsaved;
        }
    }

    private byte[] json() {
        String text =
                Jsonb.instance()
                        .<Map<String, String>>type(Types.mapOf(String.class))
                        .toJsonPretty(values);
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String why(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "there is no such directory";
            case FileSystemException fs when fs.getReason() != null -> fs.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    @Override
    public Optional<CacheFile> cache(String name) {
        return Optional.of(new CacheFile(directory.resolve(name)));
    }

    @Override
    public String describe() {
        return file.toString();
    }

    /// Lets another daemon use the directory.
    @Override
    public void close() {
        lock.close();
    }
}
