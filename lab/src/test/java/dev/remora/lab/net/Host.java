package dev.remora.lab.net;

import dev.remora.lab.run.LabFolder;
import dev.remora.lab.run.LabProcess;
import dev.remora.lab.run.Result;
import dev.remora.lab.run.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A machine on the network, with one interface `eth0` and its own loopback.
public final class Host {
    private final LabFolder folder;
    private final String name;
    private final Namespace namespace;
    private final Switch plugged;
    private final String ip4;
    private final Optional<String> ip6;

    Host(
            LabFolder folder,
            String name,
            Namespace namespace,
            Switch plugged,
            String ip4,
            Optional<String> ip6) {
        this.folder = folder;
        this.name = name;
        this.namespace = namespace;
        this.plugged = plugged;
        this.ip4 = ip4;
        this.ip6 = ip6;
    }

    public String name() {
        return name;
    }

    public String ip4() {
        return ip4;
    }

    /// Empty behind a NAT box.
    public Optional<String> ip6() {
        return ip6;
    }

    /// A folder of this host's own among the lab's files.
    public Path folder(String purpose) {
        return folder.folder(name + "/" + purpose);
    }

    public Result run(String... command) {
        return run(List.of(command), Shell.PATIENCE);
    }

    public Result run(List<String> command, Duration patience) {
        return run(command, Map.of(), "", patience);
    }

    public Result run(
            List<String> command, Map<String, String> env, String stdin, Duration patience) {
        return namespace.run(command, env, stdin, patience);
    }

    /// Starts a program on this host; its log is named after both.
    public LabProcess start(String program, Map<String, String> env, List<String> command) {
        return LabProcess.start(folder, name + "-" + program, env, namespace.inside(command));
    }

    /// `command` with an `/etc` of this host's own that it may write to. What it writes to `resolv.conf` counts for
    /// everything started on this host from then on.
    public List<String> withOwnEtc(List<String> command) {
        String script = "mount --bind \"$0\" /etc && exec \"$@\"";
        List<String> head = List.of("sh", "-c", script, namespace.etc().toString());
        return Stream.concat(head.stream(), command.stream()).toList();
    }

    /// Lets every datagram from and to this host vanish on the way.
    public void blockUdp() {
        plugged.blockUdp(name, true);
    }

    public void allowUdp() {
        plugged.blockUdp(name, false);
    }

    /// Lets everything from and to this host vanish on the way, while its link stays up.
    public void cut() {
        plugged.cut(name, true);
    }

    public void restore() {
        plugged.cut(name, false);
    }

    /// Pulls the cable: the host sees its link go down.
    public void unplug() {
        plugged.carrier(name, false);
    }

    public void plug() {
        plugged.carrier(name, true);
    }

    /// Takes the interface down and up again, by which the kernel forgets what it knew of connections through it.
    void reconnect() {
        namespace.ip("link set eth0 down");
        namespace.ip("link set eth0 up");
        namespace.ip("route add default via " + plugged.gateway4());
    }

    /// Puts a link of this shape between the host and its switch. May be called again to change it.
    public void distance(LinkShape shape) {
        namespace.ip("link set eth0 gso_max_segs 1"); // frames as they stand on a wire
        plugged.shape(name, shape);
    }

    /// Takes the default route away, IPv4 and IPv6.
    public void removeDefaultRoute() {
        namespace.ip("route del default");
        ip6.ifPresent(address -> namespace.ip("-6 route del default"));
    }

    Namespace namespace() {
        return namespace;
    }

    @Override
    public String toString() {
        return name + " (" + ip4 + ")";
    }
}
