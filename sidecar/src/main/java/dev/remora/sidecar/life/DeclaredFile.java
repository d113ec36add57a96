package dev.remora.sidecar.life;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.config.DeclaredPrefs;
import dev.remora.sidecar.config.Prefs;
import dev.remora.sidecar.config.SmallFile;
import dev.remora.sidecar.oauth.SecretFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// The file that the flag `--config` names.
///
/// @param optional whether the daemon starts without it, too, and then takes its settings from commands
record DeclaredFile(Path path, boolean optional) {
    private static final int MAX_BYTES = 1 << 20;
    private static final String OPTIONAL = "optional:";

    /// What the flag has for a machine's user data in a cloud.
    private static final String USER_DATA = "vm:user-data";

    /// @throws DaemonFlags.UsageException for what is no file
    static DeclaredFile of(String flag) throws DaemonFlags.UsageException {
        boolean optional = flag.startsWith(OPTIONAL);
        String path = optional ? flag.substring(OPTIONAL.length()) : flag;
        if (path.equals(USER_DATA)) {
            throw new DaemonFlags.UsageException(
                    "--config: this program does not fetch the user data of a machine; give it a file");
        }
        return new DeclaredFile(Path.of(path), optional);
    }

    /// What it says; empty if it is optional and not there.
    ///
    /// @throws IOException if it cannot be read or makes no sense, in a sentence that begins with its path
    Optional<DeclaredPrefs> read() throws IOException {
        try {
            DeclaredPrefs declared = DeclaredPrefs.parse(SmallFile.bytes(path, MAX_BYTES));
            Optional<String> wrong = PrefsCheck.of(Prefs.initial().patched(declared.masked()));
            if (wrong.isPresent()) {
                throw new MalformedException(wrong.get());
            }
            return Optional.of(declared);
        } catch (MalformedException e) {
            throw new IOException(path + " makes no sense: " + e.reason(), e);
        } catch (NoSuchFileException e) {
            if (optional) {
                return Optional.empty();
            }
            throw new IOException(path + " is not there", e);
        } catch (AccessDeniedException e) {
            throw new IOException("this user has no right to read " + path, e);
        } catch (IOException e) {
            throw new IOException(path + " is of no use: " + e.getMessage(), e);
        }
    }

    /// What the file is at this moment, and the key's file if it names one: only to be compared with what it was.
    String look() {
        try {
            Optional<DeclaredPrefs> now = read();
            String key = now.map(DeclaredPrefs::authKey).orElse("");
            return now.map(each -> each.masked() + " " + each.locked()).orElse("absent")
                    + (SecretFile.isNamedBy(key) ? contentOf(key) : key);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String contentOf(String key) {
        try {
            return SecretFile.read(SecretFile.path(key));
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
