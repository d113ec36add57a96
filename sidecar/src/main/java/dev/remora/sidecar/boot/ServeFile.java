package dev.remora.sidecar.boot;

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
    private Optional<Content> seen = Optional.empty();
    private Optional<Content> told = Optional.empty();

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

    /// Called again and again: what the file says, if that is different from the last time. What changes while somebody looks counts when two looks have found the same, since it may be half
    /// written.
    Optional<Content> change() {
        Content now = read();
        boolean settled = seen.isEmpty() || seen.get().equals(now);
        seen = Optional.of(now);
        if (!settled || told.equals(seen)) {
            return Optional.empty();
        }
        told = seen;
        return told;
    }

    private Content read() {
        try {
            String text = SettingsText.of(path, MAX_BYTES);
            return text.isBlank()
                    ? new Content.Nothing("The serve configuration " + path + " is empty")
                    : new Content.Text(text.replace(CERT_DOMAIN, NO_HTTPS));
        } catch (SettingsText.UnreadableException e) {
            return new Content.Nothing("The serve configuration " + path + " " + e.why());
        }
    }
}
