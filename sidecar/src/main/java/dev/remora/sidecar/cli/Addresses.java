package dev.remora.sidecar.cli;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.sidecar.cli.Command.Invocation;
import java.util.Optional;

/// Which address a person means.
final class Addresses {
    private Addresses() {}

    static Optional<IpAddress> parse(String text) {
        try {
            return Optional.of(IpAddress.parse(text));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    /// An address of the tailnet found for what a person typed.
    ///
    /// @param isSelf it is our own
    record Found(String ip, boolean isSelf) {}

    /// An address, the name of a peer, or any name that the system can resolve.
    static Found find(String text, Invocation call) throws CommandException {
        Optional<IpAddress> ip = parse(text);
        if (ip.isPresent()) {
            return new Found(ip.get().toString(), false);
        }
        Status status = Status.get(call.daemon());
        Optional<Status.Peer> peer = status.named(text);
        if (peer.isEmpty()) {
            return new Found(resolve(text, call), false);
        }
        if (peer.get().ips().isEmpty()) {
            throw new CommandException("node found but lacks an IP");
        }
        boolean isSelf = peer.get().tree().equals(status.self().tree());
        return new Found(peer.get().ips().getFirst(), isSelf);
    }

    /// Neither an empty name nor a number is looked up: resolvers make the machine itself of one, and an address in an old spelling of the other.
    private static String resolve(String name, Invocation call) throws CommandException {
        boolean isName = !name.isEmpty() && !name.matches("[0-9.]+");
        return Optional.of(name)
                .filter(ignored -> isName)
                .flatMap(call.world().machine()::resolve)
                .orElseThrow(() ->
                        new CommandException(
                                "error looking up IP of "
                                        + GoText.quote(name)
                                        + ": lookup "
                                        + name
                                        + ": no such host"));
    }
}
