package dev.remora.sidecar.serve;

import dev.remora.base.MalformedException;
import dev.remora.io.loop.EngineLoop;
import dev.remora.node.PortHandler;
import dev.remora.node.ServedPort;
import dev.remora.sidecar.config.TcpPortHandler;
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

    private record Served(TcpPortHandler what, ServedPort port) {}

    private final EngineLoop loop;
    private final Listening node;
    private final OpenConnections open;
    private final Map<Integer, Served> served = new HashMap<>();

    public ServedPorts(EngineLoop loop, Listening node) {
        this.loop = loop;
        this.node = node;
        this.open = new OpenConnections(loop.netty());
    }

    /// Listens on the ports of `wanted` and on no others.
    ///
    /// @return what could not be done, in sentences
    public List<String> update(Map<Integer, TcpPortHandler> wanted) {
        served.entrySet().removeIf(entry -> {
            boolean stays = entry.getValue().what.equals(wanted.get(entry.getKey()));
            if (!stays) {
                entry.getValue().port.close();
                LOG.info("port {} is no longer served", entry.getKey());
            }
            return !stays;
        });
        List<String> problems = new ArrayList<>();
        wanted.forEach((port, what) -> {
            if (!served.containsKey(port)) {
                try {
                    open(port, what);
                } catch (MalformedException e) {
                    problems.add("port " + port + " is not served: " + e.reason());
                }
            }
        });
        return problems;
    }

    private void open(int port, TcpPortHandler what) throws MalformedException {
        AppAddress target = Supported.target(what);
        ServedPort listening =
                node.listen(port, new PortForward(loop, port, target, open))
                        .orElseThrow(() -> new MalformedException("it is already used by the node itself"));
        served.put(port, new Served(what, listening));
        LOG.info("port {} is served by {}", port, target);
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
