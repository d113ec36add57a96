package dev.remora.server;

import java.nio.file.Files;
import java.nio.file.Path;

/// SQLite's part in C. The program's image has it beside the JVM's own libraries; elsewhere, as in tests, it comes out of
/// its jar into the directory for temporary files, from where a locked container runs nothing.
final class NativeLibrary {
    private static final String NAME = "libsqlitejdbc.so";
    private static final String PLACE = "org.sqlite.lib.path";

    private NativeLibrary() {}

    /// To be called before the first use of SQLite.
    static void prepare() {
        Path libraries = Path.of(System.getProperty("java.home"), "lib");
        if (System.getProperty(PLACE) == null && Files.exists(libraries.resolve(NAME))) {
            System.setProperty(PLACE, libraries.toString());
            System.setProperty("org.sqlite.lib.name", NAME);
        }
    }
}
