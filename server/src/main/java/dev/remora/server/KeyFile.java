package dev.remora.server;

import dev.remora.base.MalformedException;
import dev.remora.crypto.DerpMeshKey;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.crypto.NodePrivateKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/// Private keys in files that only their owner reads: who a relay is, and who a control server is.
///
/// A key is read, or made where there is none; one that is damaged is never replaced.
final class KeyFile {
    private KeyFile() {}

    /// @throws IOException if the key cannot be read or written, or is damaged
    static NodePrivateKey at(Path directory) throws IOException {
        return keep(
                directory.resolve("relay.key"),
                NodePrivateKey::parse,
                NodePrivateKey.generate(new SecureRandom()).text());
    }

    /// What clients know a control server by.
    ///
    /// @throws IOException if the key cannot be read or written, or is damaged
    static MachinePrivateKey noise(Path directory) throws IOException {
        return keep(
                directory.resolve("noise.key"),
                MachinePrivateKey::parse,
                MachinePrivateKey.generate(new SecureRandom()).text());
    }

    /// Reads the secret that the relays of a region share.
    ///
    /// @throws IOException if it cannot be read or is none
    static DerpMeshKey mesh(Path file) throws IOException {
        try {
            return DerpMeshKey.parse(Files.readString(file));
        } catch (MalformedException e) {
            throw new IOException(file + " is no mesh key: 64 hexadecimal digits", e);
        }
    }

    private interface Parser<T> {
        T parse(String text) throws MalformedException;
    }

    private static <T> T keep(Path file, Parser<T> parser, String fresh) throws IOException {
        try {
            return parser.parse(text(file, fresh));
        } catch (MalformedException e) {
            throw new IOException(file + " is damaged: " + e.reason(), e);
        }
    }

    private static String text(Path file, String fresh) throws IOException {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            write(file, fresh);
            return fresh;
        }
    }

    /// A file that is half written never has the name.
    private static void write(Path file, String text) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        Path aside =
                Files.createTempFile(
                        directory,
                        file.getFileName().toString(),
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Files.writeString(aside, text + "\n");
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
