package dev.remora.lab.net;

/// A home router: a private switch behind one public address. It lets in only answers to what its hosts sent.
public final class NatBox {
    /// How the box chooses the public port for a host's datagrams, in the words of RFC 4787 section 4.1.
    public enum Mapping {
        /// The same port whoever is written to: two such boxes let their hosts meet directly.
        ENDPOINT_INDEPENDENT("masquerade"),
        /// Another random port for each destination: what a STUN server sees helps nobody else.
        ENDPOINT_DEPENDENT("masquerade fully-random");

        private final String rule;

        Mapping(String rule) {
            this.rule = rule;
        }
    }

    /// Above what a host's own programs get, below what Linux gives out.
    private static final String OTHER_PORTS = "to :20000-29999";

    private final Host outside;
    private final Switch inside;

    NatBox(Host outside, Switch inside, Namespace namespace, Mapping mapping) {
        this.outside = outside;
        this.inside = inside;
        // Unsolicited packets must not reach the box itself either: connection tracking would
        // remember them and
        // give the host behind another port once it sends from the same one.
        namespace.nft(
                """
                table ip nat {
                  chain post { type nat hook postrouting priority 100; oifname "eth0" %s; }
                  chain input { type filter hook input priority 0; iifname "eth0" ct state new drop; }
                  chain forward { type filter hook forward priority 0; iifname "eth0" ct state new drop; }
                }
                """
                        .formatted(mapping.rule));
    }

    /// Makes a host behind this box.
    public Host host(String name) {
        return inside.host(name);
    }

    /// The address that the world sees.
    public String ip4() {
        return outside.ip4();
    }

    /// Forgets which datagrams belong together, as a box does that was switched off and on again: what comes in is nobody's,
    /// and what goes out has another port from now on.
    public void restart() {
        Namespace namespace = outside.namespace();
        namespace.nft(
                """
                flush chain ip nat post
                add rule ip nat post oifname "eth0" meta l4proto { tcp, udp } masquerade %s
                """
                        .formatted(OTHER_PORTS));
        outside.reconnect();
    }

    /// The box itself, to cut it off or to block UDP for all behind it.
    public Host asHost() {
        return outside;
    }
}
