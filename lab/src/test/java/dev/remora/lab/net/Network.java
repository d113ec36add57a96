package dev.remora.lab.net;

import dev.remora.lab.run.LabFolder;
import dev.remora.lab.run.Shell;
import java.util.concurrent.atomic.AtomicInteger;

/// The lab's Internet: a public switch, and whatever a test plugs into it. Every host has a default route, to a
/// gateway that answers "unreachable" for all that is not in the lab.
public final class Network implements AutoCloseable {
    private final LabFolder folder;
    private final Switch publicSwitch;
    private final AtomicInteger nats = new AtomicInteger();

    public Network(LabFolder folder) {
        this.folder = folder;
        this.publicSwitch =
                new Switch(folder, Namespace.create(folder, "internet"), Subnet.ofPublicHosts());
    }

    /// Clears away what labs left behind whose JVM is gone: processes, namespaces, folders.
    public static void clearAbandoned() {
        for (LabFolder abandoned : LabFolder.abandoned()) {
            abandoned.killProcesses();
            Namespace.deleteAll(abandoned.id());
            abandoned.delete();
        }
        Namespace.deleteOrphans();
    }

    /// Why this machine cannot carry a network, in a sentence; empty if it can.
    public static String obstacle() {
        if (!Shell.run("id", "-u").stdout().strip().equals("0")) {
            return "the lab needs root, to make network namespaces";
        }
        for (String tool : new String[] {"ip", "nft"}) {
            if (!Shell.run("sh", "-c", "command -v " + tool).ok()) {
                return "the lab needs the command " + tool;
            }
        }
        String probe = "rlprobe-" + ProcessHandle.current().pid();
        boolean possible = Shell.run("ip", "netns", "add", probe).ok();
        Shell.run("ip", "netns", "del", probe);
        return possible ? "" : "this system does not let us make network namespaces";
    }

    /// Makes a host with public addresses.
    public Host host(String name) {
        return publicSwitch.host(name);
    }

    /// Plugs a namespace that is not the lab's own into the public switch, as a host of this name, until the lab is closed. Only one lab can have it at a time.
    public Host adopt(String name, String namespace) {
        return publicSwitch.adopt(name, Namespace.existing(folder, namespace));
    }

    /// Makes a NAT box with a public address and nobody behind it yet.
    public NatBox nat(String name, NatBox.Mapping mapping) {
        Host outside = publicSwitch.host(name);
        Namespace namespace = outside.namespace();
        Switch inside = new Switch(folder, namespace, Subnet.behindNat(nats.incrementAndGet()));
        return new NatBox(outside, inside, namespace, mapping);
    }

    /// Ends every process in the lab's namespaces and removes them.
    @Override
    public void close() {
        Namespace.deleteAll(folder.id());
    }
}
