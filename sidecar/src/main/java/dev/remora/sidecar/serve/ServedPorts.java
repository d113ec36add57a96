package dev.remora.sidecar.serve;

import dev.remora.io.loop.EngineLoop;
import dev.remora.node.PortHandler;
import dev.remora.node.ServedPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the node listening on exactly those ports that are served. Used by one thread at a time.
///
/// A change touches nothing but the ports that change; connections that are open go on.
public final class ServedPorts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServedPorts.class);

    /// Opens a port of the tailnet; empty if it is taken.
    @FunctionalInterface
    public interface Listening {
        Optional<ServedPort> listen(int port, PortHandler handler);
    }

    private record Served(AppAddress target, ServedPort port) {}

    private final EngineLoop loop;
    private final Listening node;
    private final OpenConnections open;
    private final Map<Integer, Served> served = new HashMap<>();

    public ServedPorts(EngineLoop loop, Listening node) {
        this.loop = loop;
        this.node = node;
        this.open = new OpenConnections(loop.netty());
    }

    /// Listens on the ports of `wanted`, each for the app that it names, and on no others.
    ///
    /// @return what could not be done, in sentences
    public List<String> update(Map<Integer, AppAddress> wanted) {
        served.entrySet()
                .removeIf(entry -> {
                    int port = entry.getKey();
                    boolean stays = entry.getValue().target.equals(wanted.get(port));
                    if (!stays) {
                        entry.getValue().port.close();
                        LOG.info("port {} is no longer served", port);
                    }
                    return !stays;
                });
        List<String> problems = new ArrayList<>();
        wanted.forEach((port, target) -> {
            if (!served.containsKey(port) && !open(port, target)) {
                problems.add("port " + port + " is not served: the node itself already uses it");
            }
        });
        return problems;
    }

    private boolean open(int port, AppAddress target) {
        Optional<ServedPort> listening =
                node.listen(port, new PortForward(loop, port, target, open));
        listening.ifPresent(opened -> {
            served.put(port, new Served(target, opened));
            LOG.info("port {} is served by {}", port, target);
        });
        return listening.isPresent();
    }

    /// Connections to apps that are open now.
    public int connections() {
        return open.size();
    }

    @Override
    public void close() {
        update(Map.of());
        open.closeAll();
    }
}
