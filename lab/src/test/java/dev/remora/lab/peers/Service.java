package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.LabProcess;
import java.util.Optional;

/// A program that others rely on, on a host of its own. It can go away for a while and comes back with everything it knew.
abstract class Service {
    private final Host host;
    private Optional<LabProcess> process = Optional.empty();

    Service(Host host) {
        this.host = host;
    }

    /// Starts its process and waits until it does its work.
    abstract LabProcess launch();

    public final Host host() {
        return host;
    }

    /// Its process now; another one after [#start()].
    public final LabProcess process() {
        return process.orElseThrow(() -> new LabException("nothing was started on " + host));
    }

    public final void start() {
        process = Optional.of(launch());
    }

    public final void stop() {
        process().stop();
    }

    public final void kill() {
        process().kill();
    }
}
