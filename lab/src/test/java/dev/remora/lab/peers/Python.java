package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.LabProcess;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The scripts among the lab's resources, which end with the lab.
public final class Python {
    private Python() {}

    public static LabProcess start(Host host, String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("/usr/bin/python3", path(script)));
        command.addAll(List.of(arguments));
        return host.start(script.replace(".py", ""), Map.of(), command);
    }

    private static String path(String script) {
        try {
            var found = Objects.requireNonNull(Python.class.getResource("/lab/" + script), script);
            return Path.of(found.toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a file of ours", e);
        }
    }
}
