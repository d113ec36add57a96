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

    /// Stands for all ports that are not served.
    private static final int REST = 0;

    private record Served(AppAddress target, ServedPort port) {}

    private final EngineLoop loop;
    private final Listening node;
    private final OpenConnections open;
    private final Map<Integer, Served> served = new HashMap<>();
    private Optional<ServedPort> rest = Optional.empty();

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

    /// Lets every port that is not served answer as well, by whoever listens on the same port of localhost.
    public void exposeRest() {
        rest = node.listen(REST, new ExposedPorts(loop, open));
        LOG.warn("every TCP port of localhost can be reached on the tailnet");
    }

    /// Takes no new connections, not on the ports that are exposed either.
    public void drain() {
        update(Map.of());
        rest.ifPresent(ServedPort::close);
        rest = Optional.empty();
    }

    /// Connections to apps that are open now.
    public int connections() {
        return open.size();
    }

    @Override
    public void close() {
        drain();
        open.closeAll();
    }
}
