package dev.remora.sidecar.launch;

import dev.remora.sidecar.boot.Boot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/// Runs the program of a container while the run-time image is built, so that the JVM can write down what one needs: classes that are in its cache, and lambdas
/// that were made once, cost a start nothing. It joins a tailnet ([RehearsalServer]) and finds its relay there; our own classes for the rest are loaded by name, and
/// those of HTTP/2. Before that it sees to traffic ([RehearsalTraffic]). No more than that: what is in the cache is in memory from the start, whether it is
/// used or not, 6 KB for each class. The control server is another program for the same reason.
public final class Rehearsal {
    private static final String HTTP2 = "io/netty/handler/codec/http2/";

    private static final String COMMANDS = "dev/remora/sidecar/cli/";

    private static final String BOOT = "dev/remora/sidecar/boot/";

    /// What is needed only where there is a configuration file.
    private static final List<String> OF_A_FILE =
            List.of(
                    "ConfigInspection",
                    "ConfigSchema",
                    "Explanation",
                    "FileValue",
                    "NearestKey",
                    "Setting.",
                    "Setting$",
                    "SettingKind",
                    "Yaml");

    /// In the names of those parts of Netty's HTTP/2 that a client with a frame codec and a multiplexer has no use for.
    private static final List<String> UNUSED =
            List.of(
                    "Compressor",
                    "Decompress",
                    "FrameLogger",
                    "HttpConversion",
                    "HttpToHttp2",
                    "InboundHttp",
                    "MultiplexCodec",
                    "ReadOnlyHttp2",
                    "Server",
                    "StreamBuffering",
                    "ToHttpObject",
                    "Uniform",
                    "Upgrade");

    private Rehearsal() {}

    /// `REMORA_REHEARSAL_FOLDER` in the environment says where the nodes of the traffic may keep something; the rest of it is a container's.
    public static void main(String[] args) throws IOException {
        for (String jar : System.getProperty("java.class.path").split(":")) {
            if (jar.contains("remora-")) {
                loadJar(jar, Rehearsal::isUsedByADaemon);
            } else if (jar.contains("netty-codec-http2-")) {
                loadJar(jar, Rehearsal::isUsedOfHttp2);
            }
        }
        rehearseTraffic();
        Boot.main();
    }

    private static boolean isUsedByADaemon(String name) {
        return !name.startsWith(COMMANDS)
                && OF_A_FILE.stream().noneMatch(part -> name.startsWith(BOOT + part));
    }

    private static boolean isUsedOfHttp2(String name) {
        return name.startsWith(HTTP2) && UNUSED.stream().noneMatch(name::contains);
    }

    /// A cache without it is a good one, only slower when the first bytes come.
    private static void rehearseTraffic() {
        try {
            RehearsalTraffic.run(
                    Path.of(System.getenv("REMORA_REHEARSAL_FOLDER")),
                    RehearsalTraffic.Amounts.HOT);
        } catch (IOException e) {
            System.err.println("not rehearsed: " + e.getMessage() + ": " + e.getCause());
        }
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
