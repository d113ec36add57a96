package dev.remora.sidecar.boot;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A serve configuration in a file that somebody may write at any moment. Looking at its content again and again sees every way in which a file is replaced: by
/// rename, through a link as Kubernetes does it, or on a file system that tells nobody.
final class ServeFile {
    private static final String CERT_DOMAIN = "${TS_CERT_DOMAIN}";

    /// What stands for the certificate's domain where there are no certificates.
    private static final String NO_HTTPS = "no-https";

    private static final int MAX_BYTES = 1 << 20;

    private final Path path;
    private Optional<Content> last = Optional.empty();

    /// What the file says now.
    sealed interface Content {
        /// Something to publish.
        ///
        /// @param text as it is to be read, with the placeholder filled in
        record Text(String text) implements Content {}

        /// Nothing that could be published.
        ///
        /// @param why in a sentence
        record Nothing(String why) implements Content {}
    }

    ServeFile(Path path) {
        this.path = path;
    }

    /// What the file says, if that is different from the last time.
    Optional<Content> change() {
        Content now = read();
        if (last.equals(Optional.of(now))) {
            return Optional.empty();
        }
        last = Optional.of(now);
        return last;
    }

    private Content read() {
        try {
            if (!Files.exists(path)) {
                return new Content.Nothing("there is no serve configuration at " + path + " yet");
            }
            if (Files.size(path) > MAX_BYTES) {
                return new Content.Nothing(path + " is too large for a serve configuration");
            }
            String text = Files.readString(path, StandardCharsets.UTF_8);
            return text.isBlank()
                    ? new Content.Nothing(path + " is empty")
                    : new Content.Text(text.replace(CERT_DOMAIN, NO_HTTPS));
        } catch (AccessDeniedException e) {
            return new Content.Nothing("this user has no right to read " + path);
        } catch (CharacterCodingException e) {
            return new Content.Nothing(path + " is no UTF-8 text");
        } catch (IOException e) {
            return new Content.Nothing(path + " cannot be read (" + e.getMessage() + ")");
        }
    }
}
