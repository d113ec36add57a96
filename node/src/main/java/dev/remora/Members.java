package dev.remora;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The members of a tailnet as users of the library name and see them.
final class Members {
    private Members() {}

    /// Where the member with this name can be reached: its name in full, just the first label, or one of its addresses, as in a URL or without brackets.
    ///
    /// @param map empty before the node is on a tailnet
    static IpAddress resolve(Optional<NetMap> map, String name) throws UnknownHostException {
        NetMap known = map.orElseThrow(() -> new UnknownHostException("not on a tailnet yet"));
        IpAddress address = addressOf(known, name);
        if (known.self().addresses().stream().anyMatch(own -> own.ip().equals(address))) {
            throw new UnknownHostException(name + " is this node itself, not another member");
        }
        return address;
    }

    private static IpAddress addressOf(NetMap map, String name) throws UnknownHostException {
        try {
            boolean isInBrackets = name.startsWith("[") && name.endsWith("]");
            return IpAddress.parse(isInBrackets ? name.substring(1, name.length() - 1) : name);
        } catch (MalformedException e) {
            return named(map, withoutDot(name))
                    .flatMap(member -> address(map, member))
                    .orElseThrow(() ->
                            new UnknownHostException(
                                    "\"" + name + "\" is no member of this tailnet"));
        }
    }

    /// A full name, or a first label within our own part of the tailnet.
    private static Optional<Node> named(NetMap map, String name) {
        String full = name.contains(".") ? name : name + "." + map.magicDnsSuffix();
        return Stream.concat(Stream.of(map.self()), map.peers().all().stream())
                .filter(member -> withoutDot(member.name()).equalsIgnoreCase(full))
                .findFirst();
    }

    /// The first address of a family that we have, too.
    private static Optional<IpAddress> address(NetMap map, Node member) {
        return member.addresses().stream()
                .map(IpPrefix::ip)
                .filter(ip ->
                        map.self().addresses().stream().anyMatch(own -> own.ip().v4() == ip.v4()))
                .findFirst();
    }

    /// Everybody but ourselves.
    static List<Who> all(NetMap map) {
        List<Who> peers = new ArrayList<>();
        map.peers().forEach(peer -> peers.add(who(map, peer)));
        return peers;
    }

    static Who who(NetMap map, Node of) {
        Optional<String> owner =
                of.isTagged() ? Optional.empty() : map.userOf(of).map(user -> user.loginName());
        return new Who(withoutDot(of.name()), inet(of.addresses()), owner, of.tags());
    }

    static List<InetAddress> inet(List<IpPrefix> addresses) {
        return addresses.stream().map(IpPrefix::ip).sorted().map(TailnetSocketImpl::inet).toList();
    }

    static String withoutDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
