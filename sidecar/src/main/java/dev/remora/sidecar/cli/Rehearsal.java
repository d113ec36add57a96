package dev.remora.sidecar.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/// Runs a daemon while the run-time image is built, so that the JVM can write down what one needs: classes that are in its cache cost a start nothing. The
/// rehearsal meets no relay and no peer, and of a control server just the first two answers; what it would load for the rest is loaded by name.
public final class Rehearsal {
    /// Of our libraries, what a connection to control or to a relay goes through.
    private static final List<String> LIBRARY_PACKAGES =
            List.of(
                    "io/netty/handler/codec/http",
                    "io/netty/handler/codec/http2",
                    "io/netty/handler/ssl",
                    "io/netty/channel");

    /// Of the JDK, what TLS and certificates are made of.
    private static final List<String> JDK_PACKAGES =
            List.of(
                    "sun/security/ssl",
                    "sun/security/x509",
                    "sun/security/util",
                    "sun/security/ec",
                    "sun/security/validator",
                    "sun/security/provider/certpath",
                    "com/sun/crypto/provider");

    private Rehearsal() {}

    /// The environment says what TLS needs: `REMORA_REHEARSAL_KEYS`, a PKCS #12 file with the password `rehearsal`, and `REMORA_REHEARSAL_PORT`, a file to
    /// write the port of the control server to.
    public static void main(String[] args) throws IOException, GeneralSecurityException {
        RehearsalServer server =
                RehearsalServer.start(Path.of(System.getenv("REMORA_REHEARSAL_KEYS")));
        Files.writeString(
                Path.of(System.getenv("REMORA_REHEARSAL_PORT")), Integer.toString(server.port()));
        for (String entry : System.getProperty("java.class.path").split(":")) {
            if (entry.contains("remora-")) {
                loadJar(entry, name -> true);
            } else if (entry.contains("netty-")) {
                loadJar(
                        entry,
                        name ->
                                LIBRARY_PACKAGES.contains(
                                        name.substring(0, name.lastIndexOf('/'))));
            }
        }
        Path jdk = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.base");
        for (String name : JDK_PACKAGES) {
            try (Stream<Path> files = Files.list(jdk.resolve(name))) {
                files.forEach(file -> load(jdk.relativize(file).toString()));
            }
        }
        Main.main(args);
    }

    private static void loadJar(String jar, Predicate<String> wanted) throws IOException {
        try (JarFile files = new JarFile(jar)) {
            files.stream()
                    .map(ZipEntry::getName)
                    .filter(name ->
                            name.contains("/")
                                    && !name.startsWith("META-INF/")
                                    && wanted.test(name))
                    .forEach(Rehearsal::load);
        }
    }

    /// Some classes of a library are for parts of it that we do not have.
    private static void load(String file) {
        if (!file.endsWith(".class") || file.endsWith("-info.class")) {
            return;
        }
        String className = file.substring(0, file.length() - ".class".length()).replace('/', '.');
        try {
            Class.forName(className, false, Rehearsal.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            System.err.println("not loaded: " + className);
        }
    }
}
