package dev.remora.lab.net;

import dev.remora.lab.run.LabException;
import dev.remora.lab.run.LabFolder;
import dev.remora.lab.run.Shell;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// An Ethernet switch that hosts are plugged into: a bridge, with a firewall by which a port can be cut off or
/// lose its UDP.
final class Switch {
    private static final int FIRST_HOST = 10; // below it: the gateway, and room
    private static final String FIREWALL =
            """
            table bridge lab {
              set cut { type ifname; }
              set noudp { type ifname; }
              chain judge {
                iifname @cut drop
                oifname @cut drop
                iifname @noudp ip protocol udp drop
                oifname @noudp ip protocol udp drop
                iifname @noudp ip6 nexthdr udp drop
                oifname @noudp ip6 nexthdr udp drop
              }
              chain across { type filter hook forward priority 0; jump judge; }
              chain toRouter { type filter hook input priority 0; jump judge; }
              chain fromRouter { type filter hook output priority 0; jump judge; }
            }
            """;

    private final LabFolder folder;
    private final Namespace namespace;
    private final Subnet subnet;
    private final AtomicInteger nextHost = new AtomicInteger(FIRST_HOST);
    private final Map<String, String> ports = new ConcurrentHashMap<>();
    private final Map<String, Cable> cables = new ConcurrentHashMap<>();

    /// @param namespace where the bridge is made; its address is the subnet's gateway
    Switch(LabFolder folder, Namespace namespace, Subnet subnet) {
        this.folder = folder;
        this.namespace = namespace;
        this.subnet = subnet;
        // Without multicast snooping and with no forwarding delay a port works from its first
        // frame.
        namespace.ip("link add br0 type bridge mcast_snooping 0 forward_delay 0");
        namespace.ip("addr add " + subnet.gateway4() + "/24 dev br0");
        subnet.gateway6()
                .ifPresent(gateway -> namespace.ip("addr add " + gateway + "/64 dev br0 nodad"));
        namespace.ip("link set br0 up");
        namespace.sysctl("net.ipv4.ip_forward=1");
        namespace.sysctl("net.ipv6.conf.all.forwarding=1");
        namespace.nft(FIREWALL);
    }

    /// Makes a host of this name with the next free address.
    Host host(String name) {
        if (name.length() > 12) {
            throw new LabException("a host's name has at most 12 characters: " + name);
        }
        return connect(name, Namespace.create(folder, name));
    }

    /// Makes a host out of a namespace that exists. Its cable is new: one that a lab before this one has left goes.
    Host adopt(String name, Namespace namespace) {
        Shell.run("ip", "-n", namespace.name(), "link", "del", "eth0");
        return connect(name, namespace);
    }

    private Host connect(String name, Namespace inside) {
        int number = nextHost.getAndIncrement();
        plug(name, inside, number);
        inside.ip("route add default via " + subnet.gateway4());
        subnet.gateway6().ifPresent(gateway -> inside.ip("-6 route add default via " + gateway));
        return new Host(folder, name, inside, this, subnet.host4(number), subnet.host6(number));
    }

    private void plug(String name, Namespace host, int number) {
        String port = "v-" + name;
        namespace.ip("link add " + port + " type veth peer name eth0 netns " + host.name());
        namespace.ip("link set " + port + " master br0 up");
        ports.put(name, port);
        host.ip("addr add " + subnet.host4(number) + "/24 dev eth0");
        subnet.host6(number)
                .ifPresent(address -> host.ip("addr add " + address + "/64 dev eth0 nodad"));
        host.ip("link set eth0 up");
    }

    /// Lets everything from and to this host vanish, or not any more.
    void cut(String host, boolean on) {
        element("cut", host, on);
    }

    /// Lets every datagram from and to this host vanish, or not any more.
    void blockUdp(String host, boolean on) {
        element("noudp", host, on);
    }

    /// Pulls the cable, so that the host sees its link go down, or puts it back.
    void carrier(String host, boolean on) {
        namespace.ip("link set " + port(host) + (on ? " up" : " down"));
    }

    /// Puts a longer cable between this host and the switch, or exchanges the one that is there.
    void shape(String host, LinkShape shape) {
        cables.computeIfAbsent(host, key -> Cable.lay(folder, namespace, host, port(host)))
                .shape(shape);
    }

    String gateway4() {
        return subnet.gateway4();
    }

    private void element(String set, String host, boolean on) {
        // "add" first: it is no error for an element that is there, and makes "delete" none for one
        // that is not.
        String element = "element bridge lab " + set + " { " + port(host) + " }\n";
        namespace.nft("add " + element + (on ? "" : "delete " + element));
    }

    private String port(String host) {
        String port = ports.get(host);
        if (port == null) {
            throw new LabException("no host " + host + " on this switch");
        }
        return port;
    }
}
