package dev.remora.lab.run;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The command that runs one of our small programs in a JVM of its own, with nothing but our classes and the JDK.
public final class JavaProgram {
    private JavaProgram() {}

    /// For a program that waits most of its time: quick to start and small.
    public static List<String> small(Class<?> main, List<String> arguments) {
        return command(main, List.of("-XX:TieredStopAtLevel=1", "-Xmx256m"), arguments);
    }

    /// For a program that has every packet in its hands and calls the system for it.
    public static List<String> fast(Class<?> main, List<String> arguments) {
        return command(main, List.of("--enable-native-access=ALL-UNNAMED", "-Xmx64m"), arguments);
    }

    private static List<String> command(
            Class<?> main, List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.addAll(options);
        command.addAll(List.of("-cp", classes(main).toString(), main.getName()));
        command.addAll(arguments);
        return command;
    }

    private static Path classes(Class<?> main) {
        try {
            return Path.of(main.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
