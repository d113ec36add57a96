package dev.remora.io.state;

import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import io.avaje.jsonb.Types;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// State in one directory, in the form that `tailscaled` uses, so that either can take over from the other:
///
///     <dir>/tailscaled.state   {"<key>": "<base64 of the value>", …}, mode 0600
///     <dir>/remora.lock        held while a daemon runs
///
/// Every change writes a whole new file, forces it to disk and renames it over the old one: a crash at any moment leaves the old state or the new one.
public final class StateFile implements StateStore {
    public static final String FILE_NAME = "tailscaled.state";
    private static final String LOCK_NAME = "remora.lock";

    /// Far more than a node needs; a file beyond it is not ours.
    private static final long MAX_BYTES = 16 << 20;

    private final Path directory;
    private final Path file;
    private final FileChannel lockChannel;
    private final Map<String, String> values;

    private StateFile(Path directory, FileChannel lockChannel, Map<String, String> values) {
        this.directory = directory;
        this.file = directory.resolve(FILE_NAME);
        this.lockChannel = lockChannel;
        this.values = values;
    }

    /// Opens the state in `directory`, which is created (mode 0700) when it is missing.
    ///
    /// @throws StateException if another daemon uses it, if it cannot be read, or if its content is no state: then a copy of the file is kept aside and
    ///     the file itself stays, so that nobody becomes a new node by accident
    public static StateFile open(Path directory) throws StateException {
        FileChannel lock = lock(directory);
        try {
            return new StateFile(directory, lock, load(directory.resolve(FILE_NAME)));
        } catch (StateException e) {
            closeQuietly(lock);
            throw e;
        }
    }

    private static FileChannel lock(Path directory) throws StateException {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            FileChannel channel =
                    FileChannel.open(
                            directory.resolve(LOCK_NAME),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new StateException(
                        "another daemon already uses the state directory "
                                + directory
                                + "; stop it or give this one a directory of its own with --statedir");
            }
            return channel;
        } catch (StateException e) {
            throw e;
        } catch (IOException e) {
            throw new StateException(
                    "cannot use the state directory "
                            + directory
                            + ": "
                            + why(e)
                            + "; make it writable for this user or choose another with --statedir",
                    e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // this very process holds it
        }
    }

    private static Map<String, String> load(Path file) throws StateException {
        byte[] bytes;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw damaged(file, "it is larger than any state", null);
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
                            .fromJson(bytes);
            Base64.Decoder base64 = Base64.getDecoder();
            values.values().forEach(base64::decode);
            return new TreeMap<>(values);
        } catch (JsonException
                | IllegalArgumentException
                | IllegalStateException
                | NullPointerException e) {
            throw damaged(
                    file,
                    bytes.length == 0 ? "it is empty" : "it is not a JSON object of base64 texts",
                    e);
        }
    }

    private static StateException damaged(Path file, String why, @Nullable Exception cause) {
        String kept = keepAside(file);
        String sentence =
                "the state file "
                        + file
                        + " is damaged ("
                        + why
                        + "); "
                        + kept
                        + "; restore a backup, or remove the file to start as a new node";
        return cause == null ? new StateException(sentence) : new StateException(sentence, cause);
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

    @Override
    public void write(String key, byte[] value) throws IOException {
        if (value.length == 0) {
            values.remove(key);
        } else {
            values.put(key, Base64.getEncoder().encodeToString(value));
        }
        save();
    }

    private void save() throws IOException {
        try {
            Replacement.of(file, json(), true);
        } catch (IOException e) {
            throw new StateException(
                    "cannot write the state file "
                            + file
                            + ": "
                            + why(e)
                            + "; this node would forget its identity or settings at a restart",
                    e);
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
        closeQuietly(lockChannel);
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // the lock is gone either way
        }
    }
}
