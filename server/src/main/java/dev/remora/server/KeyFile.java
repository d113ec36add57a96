package dev.remora.server;

import dev.remora.base.MalformedException;
import dev.remora.crypto.DerpMeshKey;
import dev.remora.crypto.NodePrivateKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/// The relay's private key, in a file that only its owner reads, and the secret it shares with others.
final class KeyFile {
    private static final String NAME = "relay.key";

    private KeyFile() {}

    /// Reads the key in `directory`, or makes one there.
    ///
    /// @throws IOException if it cannot be read or written, or is damaged: it is never replaced
    static NodePrivateKey at(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        try {
            return NodePrivateKey.parse(Files.readString(file).strip());
        } catch (NoSuchFileException e) {
            return make(directory, file);
        } catch (MalformedException e) {
            throw new IOException(file + " is damaged: " + e.reason(), e);
        }
    }

    /// Reads a region's secret.
    ///
    /// @throws IOException if it cannot be read or is none
    static DerpMeshKey mesh(Path file) throws IOException {
        try {
            return DerpMeshKey.parse(Files.readString(file));
        } catch (MalformedException e) {
            throw new IOException(file + " is no mesh key: 64 hexadecimal digits", e);
        }
    }

    /// A file that is half written never has the name.
    private static NodePrivateKey make(Path directory, Path file) throws IOException {
        Files.createDirectories(directory);
        NodePrivateKey key = NodePrivateKey.generate(new SecureRandom());
        Path aside =
                Files.createTempFile(
                        directory,
                        NAME,
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Files.writeString(aside, key.text() + "\n");
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        return key;
    }
}
