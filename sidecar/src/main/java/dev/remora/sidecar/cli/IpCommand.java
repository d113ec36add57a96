package dev.remora.sidecar.cli;

import dev.remora.base.IpAddress;
import dev.remora.sidecar.cli.Command.Invocation;
import java.util.ArrayList;
import java.util.List;

/// `ip`: the addresses of this node or of a peer.
final class IpCommand {
    private IpCommand() {}

    static Command command() {
        return Command.of(
                "ip",
                "Show addresses on the tailnet",
                "ip [-1] [-4] [-6] [peer's name or address]",
                () ->
                        new Flags()
                                .bool("1", false, "only one address")
                                .bool("4", false, "only the IPv4 address")
                                .bool("6", false, "only the IPv6 address")
                                .text("assert", "", "fail unless this is one of the addresses"),
                IpCommand::run);
    }

    private static int run(Invocation call) throws CommandException {
        if (call.words().size() > 1) {
            throw new CommandException("too many arguments, expected at most one peer");
        }
        String program = call.world().program();
        List<String> kinds = new ArrayList<>(List.of("1", "4", "6"));
        kinds.removeIf(kind -> !call.flags().bool(kind));
        if (kinds.size() > 1) {
            throw new CommandException(program + " ip -1, -4, and -6 are mutually exclusive");
        }
        Status status = Status.get(call.daemon());
        String wanted = call.flags().text("assert");
        if (!wanted.isEmpty()) {
            return check(wanted, status.ips()); // always about ourselves, whatever else is asked
        }
        boolean ofPeer = !String.join("", call.words()).isEmpty();
        List<String> ips = ofPeer ? peerIps(status, call) : status.ips();
        if (ips.isEmpty()) {
            throw new CommandException("no current Tailscale IPs; state: " + status.state());
        }
        print(chosen(ips, kinds.isEmpty() ? "" : kinds.getFirst()), call);
        return 0;
    }

    private static List<String> peerIps(Status status, Invocation call) throws CommandException {
        String ip = Addresses.find(call.words().getFirst(), call).ip();
        List<Status.Peer> all = new ArrayList<>(status.peers());
        all.add(status.self());
        return all.stream()
                .filter(peer -> peer.ips().contains(ip))
                .findFirst()
                .orElseThrow(() -> new CommandException("no peer or service found with IP " + ip))
                .ips();
    }

    private static int check(String wanted, List<String> ips) throws CommandException {
        String ip = Addresses.parse(wanted).map(IpAddress::toString).orElse(wanted);
        if (!ips.contains(ip)) {
            throw new CommandException(
                    "assertion failed: IP "
                            + GoText.quote(ip)
                            + " not found among ["
                            + String.join(" ", ips)
                            + "]");
        }
        return 0;
    }

    private static List<String> chosen(List<String> ips, String kind) throws CommandException {
        if (kind.equals("1")) {
            return ips.subList(0, 1);
        }
        List<String> chosen =
                ips.stream()
                        .filter(ip -> kind.isEmpty() || kind.equals("4") == (ip.indexOf(':') < 0))
                        .toList();
        if (chosen.isEmpty()) {
            throw new CommandException("no Tailscale IPv" + kind + " address");
        }
        return chosen;
    }

    private static void print(List<String> ips, Invocation call) {
        ips.forEach(call::println);
    }
}
