package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Machine.DaemonProcess;
import java.net.IDN;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the daemon says of itself and its peers, in the form of `status --json`.
record Status(Tree tree) {
    static Status get(LocalApi daemon) throws CommandException {
        return new Status(daemon.get("status"));
    }

    static Status withoutPeers(LocalApi daemon) throws CommandException {
        return new Status(daemon.get("status?peers=false"));
    }

    /// For commands that people try first: says more when no daemon answers at all.
    static Status first(LocalApi daemon, Surroundings world, boolean peers)
            throws CommandException {
        try {
            return peers ? get(daemon) : withoutPeers(daemon);
        } catch (DaemonException.Unreachable e) {
            throw new CommandException(noDaemon(e.message(), world));
        }
    }

    /// What to tell somebody whose daemon does not answer at all.
    static String noDaemon(String error, Surroundings world) {
        Optional<DaemonProcess> process = world.machine().daemonProcess();
        if (process.isPresent()) {
            return "failed to connect to local tailscaled (which appears to be running as "
                    + process.get().program()
                    + ", pid "
                    + process.get().pid()
                    + "). Got error: "
                    + error;
        }
        String start =
                world.program().equals("tailscale")
                        ? "sudo systemctl start tailscaled"
                        : world.program() + " daemon";
        return "failed to connect to local tailscaled; it doesn't appear to be running ("
                + start
                + " ?)";
    }

    String state() {
        return tree.at("BackendState").text();
    }

    boolean isRunning() {
        return state().equals("Running");
    }

    /// Why the tailnet cannot be used now, as people are told; empty while it can, or is about to be.
    Optional<String> whyNotRunning() {
        return switch (state()) {
            case "Running", "Starting" -> Optional.empty();
            case "Stopped" -> Optional.of("Tailscale is stopped.");
            case "NeedsLogin" -> {
                String url = tree.at("AuthURL").text();
                yield Optional.of("Logged out." + (url.isEmpty() ? "" : "\nLog in at: " + url));
            }
            case "NeedsMachineAuth" -> Optional.of("Machine is not yet approved by tailnet admin.");
            default -> Optional.of("unexpected state: " + state());
        };
    }

    List<String> ips() {
        return tree.at("TailscaleIPs").texts();
    }

    List<String> health() {
        return tree.at("Health").texts();
    }

    String magicDnsSuffix() {
        return tree.at("MagicDNSSuffix").text();
    }

    Peer self() {
        return new Peer(tree.at("Self"), magicDnsSuffix());
    }

    /// Everybody but ourselves, sorted by name.
    List<Peer> peers() {
        List<Peer> peers = new ArrayList<>();
        tree.at("Peer")
                .members()
                .values()
                .forEach(peer -> peers.add(new Peer(peer, magicDnsSuffix())));
        peers.sort(
                Comparator.comparing((Peer peer) -> peer.name().toLowerCase(Locale.ROOT))
                        .thenComparing(peer -> peer.ips().toString()));
        return peers;
    }

    /// The peer, or ourselves, that a person means by a name: the short one, or the full one with or without its last dot.
    Optional<Peer> named(String name) {
        List<Peer> all = new ArrayList<>(peers());
        all.add(self());
        return all.stream().filter(peer -> peer.isCalled(name)).findFirst();
    }

    /// Whose login name `peer` goes by, up to and with the `@`.
    String owner(Peer peer) {
        String login =
                tree.at("User")
                        .at(Long.toString(peer.tree.at("UserID").number()))
                        .at("LoginName")
                        .text();
        int at = login.indexOf('@');
        return login.isEmpty() ? "-" : at < 0 ? login : login.substring(0, at + 1);
    }

    /// One node of the tailnet.
    record Peer(Tree tree, String suffix) {
        List<String> ips() {
            return tree.at("TailscaleIPs").texts();
        }

        /// With its last dot.
        String dnsName() {
            return tree.at("DNSName").text();
        }

        /// Without the dot; empty if it has none.
        String fqdn() {
            String name = dnsName();
            return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        }

        /// The short name; in parentheses and quotes what the node calls itself, if the tailnet gave it none.
        String name() {
            String base = fqdn();
            if (!suffix.isEmpty() && base.endsWith("." + suffix)) {
                base = base.substring(0, base.length() - suffix.length() - 1);
            }
            if (base.isEmpty()) {
                return "(" + GoText.quote(sanitized(tree.at("HostName").text())) + ")";
            }
            return base.startsWith("xn--") ? base + " (" + IDN.toUnicode(base) + ")" : base;
        }

        /// Only what a host name may hold, as it is shown.
        private static String sanitized(String hostName) {
            String plain =
                    hostName.strip()
                            .toLowerCase(Locale.ROOT)
                            .replace("'", "")
                            .replaceAll("[^a-z0-9]+", "-");
            return plain.replaceAll("^-+|-+$", "");
        }

        boolean isCalled(String name) {
            String base = fqdn().isEmpty() ? "" : name().split(" ", 2)[0];
            return !base.isEmpty()
                    && (name.equalsIgnoreCase(base)
                            || name.equalsIgnoreCase(fqdn())
                            || name.equalsIgnoreCase(dnsName()));
        }

        boolean isActive() {
            return tree.at("Active").bool();
        }

        boolean isExitNodeOption() {
            return tree.at("ExitNodeOption").bool();
        }
    }
}
