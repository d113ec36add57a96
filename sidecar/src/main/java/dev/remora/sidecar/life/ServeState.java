package dev.remora.sidecar.life;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.config.ServeConfig;
import dev.remora.sidecar.serve.AppAddress;
import dev.remora.sidecar.serve.ServedPorts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is published now: the configuration as it is kept, and the ports that follow from it. Used on the backend's thread.
///
/// A foreground part lives as long as its session does; one whose session is over counts for nothing.
final class ServeState {
    private static final Logger LOG = LoggerFactory.getLogger(ServeState.class);

    private final Profiles profiles;
    private final ServedPorts ports;
    private final Bus bus;
    private List<String> problems = List.of();
    private Map<Integer, AppAddress> targets = Map.of();
    private boolean draining;

    ServeState(Profiles profiles, ServedPorts ports, Bus bus) {
        this.profiles = profiles;
        this.ports = ports;
        this.bus = bus;
    }

    /// What is kept, for people and for their next change.
    Optional<ServeConfig> config() {
        return profiles.serve();
    }

    /// Publishes what the present profile says.
    void load() {
        apply(profiles.serve().orElse(ServeConfig.EMPTY));
    }

    /// What could not be published, in sentences.
    List<String> problems() {
        return problems;
    }

    /// Foreground parts, by the sessions they live as long as.
    Map<String, ServeConfig> sessions() {
        return profiles.serve().orElse(ServeConfig.EMPTY).sessions();
    }

    /// Takes no new connections any more; those that are open go on.
    ///
    /// @return how many are open
    int drain() {
        draining = true;
        apply(ServeConfig.EMPTY);
        ports.drain();
        return ports.connections();
    }

    boolean isDraining() {
        return draining;
    }

    /// Every port that is served, and where its connections go.
    Map<Integer, AppAddress> targets() {
        return targets;
    }

    int connections() {
        return ports.connections();
    }

    /// Takes another configuration. Sessions that lose their part in it end.
    ///
    /// @throws MalformedException if it makes no sense, conflicts with the present one, or asks for what cannot be done
    void change(Optional<ServeConfig> wanted) throws MalformedException, IOException {
        ServeConfig before = profiles.serve().orElse(ServeConfig.EMPTY);
        ServeConfig after = wanted.orElse(ServeConfig.EMPTY);
        Supported.check(after);
        after.checkConflicts(before, bus.sessions());
        Saving saving = Saving.attempt(() -> profiles.saveServe(wanted));
        apply(after);
        Set<String> ended = new HashSet<>(before.sessions().keySet());
        ended.removeAll(after.sessions().keySet());
        ended.forEach(bus::close);
        saving.complain();
    }

    void onSessionEnded(String session) {
        ServeConfig config = profiles.serve().orElse(ServeConfig.EMPTY);
        if (!config.sessions().containsKey(session)) {
            return;
        }
        Map<String, ServeConfig> left = new HashMap<>(config.sessions());
        left.remove(session);
        ServeConfig after = config.withForeground(left);
        apply(after);
        Saving.attempt(() -> profiles.saveServe(Optional.of(after)))
                .failure()
                .ifPresent(e -> LOG.debug("{}", e.getMessage())); // the diagnosis says it, too
    }

    private void apply(ServeConfig config) {
        Map<Integer, AppAddress> wanted = new TreeMap<>();
        List<String> found = new ArrayList<>();
        ServeConfig published = draining ? ServeConfig.EMPTY : config;
        published
                .handlers(bus.sessions())
                .forEach((port, handler) -> {
                    try {
                        wanted.put(port, Supported.target(handler));
                    } catch (MalformedException e) {
                        found.add("port " + port + " is not served: " + e.reason());
                    }
                });
        found.addAll(ports.update(wanted));
        targets = Collections.unmodifiableMap(wanted);
        problems = List.copyOf(found);
    }

    void close() {
        ports.close();
    }
}
