package dev.remora.lab.net;

import dev.remora.lab.run.JavaProgram;
import dev.remora.lab.run.LabFolder;
import dev.remora.lab.run.LabProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A long cable between a host and its switch: a namespace with both ends, and a program that carries frames from
/// one to the other (the kernel's own `netem` is not everywhere).
///
///     host eth0 ─── near [ program ] far ─── switch
final class Cable {
    private static final Duration START_TIME = Duration.ofSeconds(30);

    private final LabFolder folder;
    private final String host;
    private final Namespace inside;
    private Optional<LabProcess> carrier = Optional.empty();

    private Cable(LabFolder folder, String host, Namespace inside) {
        this.folder = folder;
        this.host = host;
        this.inside = inside;
    }

    /// Lays one: the switch's end of the short cable goes into it, and a new port of that name to the switch.
    static Cable lay(LabFolder folder, Namespace switches, String host, String port) {
        Namespace inside = Namespace.create(folder, host + "-cable");
        inside.sysctl("net.ipv6.conf.all.disable_ipv6=1");
        switches.ip("link set " + port + " netns " + inside.name());
        inside.ip("link set " + port + " name near");
        switches.ip("link add " + port + " type veth peer name far netns " + inside.name());
        switches.ip("link set " + port + " master br0 up");
        inside.ip("link set far up");
        inside.ip("link set near up");
        // Frames must come as they would stand on a wire, not as segments of 64 KiB still to be
        // cut.
        switches.ip("link set " + port + " gso_max_segs 1");
        return new Cable(folder, host, inside);
    }

    void shape(LinkShape shape) {
        carrier.ifPresent(LabProcess::kill);
        List<String> arguments = new ArrayList<>(List.of("near", "far"));
        arguments.addAll(shape.toArguments());
        List<String> command = JavaProgram.fast(LossyLinkMain.class, arguments);
        String name = host + "-cable";
        LabProcess started = LabProcess.start(folder, name, Map.of(), inside.inside(command));
        started.awaitSaid(START_TIME, "carrying");
        carrier = Optional.of(started);
    }
}
