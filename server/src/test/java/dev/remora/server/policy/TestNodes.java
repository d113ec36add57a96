package dev.remora.server.policy;

import dev.remora.base.Bytes32;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.HostInfoBuilder;
import dev.remora.server.model.Addresses;
import dev.remora.server.model.Keys;
import dev.remora.server.model.Membership;
import dev.remora.server.model.Name;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.RegisterMethod;
import dev.remora.server.model.Report;
import dev.remora.server.model.User;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/// Users and nodes for tests.
final class TestNodes {
    static final User ALICE = user(1, "alice");
    static final User BOB = user(2, "bob");

    private TestNodes() {}

    static User user(long id, String name) {
        return new User(id, name, "", name + "@example.com", "", Instant.EPOCH);
    }

    static Owner of(User user) {
        return new Owner.Person(user.id());
    }

    static Owner tagged(String... tags) {
        return new Owner.Tagged(new TreeSet<>(List.of(tags)));
    }

    /// A node with the addresses that go with its id.
    static Node node(long id, Owner owner) {
        IpAddress ipv4 = IpAddress.v4((100 << 24 | 64 << 16) + (int) id);
        IpAddress ipv6 = IpAddress.v6(0xfd7a_115c_a1e0_0000L, id);
        return node(id, owner, new Addresses(ipv4, ipv6), List.of());
    }

    static Node node(long id, Owner owner, Addresses addresses, List<IpPrefix> announced) {
        Bytes32 key = new Bytes32(id, 0, 0, 0);
        return new Node(
                id,
                new Keys(new MachineKey(key), new NodeKey(key), new DiscoKey(key)),
                owner,
                new Name("node" + id, "node" + id, false),
                addresses,
                new Report(new HostInfoBuilder().routableIps(announced).build(), List.of(), 0, 142),
                Set.of(),
                new Membership(
                        false,
                        true,
                        RegisterMethod.AUTH_KEY,
                        OptionalLong.empty(),
                        Instant.EPOCH,
                        Optional.empty(),
                        Instant.EPOCH));
    }

    /// The same node as the router of these networks, approved.
    static Node router(Node node, String... routes) {
        List<IpPrefix> announced = List.of(routes).stream().map(TestNodes::prefix).toList();
        return node(node.id(), node.owner(), node.addresses(), announced)
                .withApprovedRoutes(Set.copyOf(announced));
    }

    static IpPrefix prefix(String text) {
        try {
            return IpPrefix.parse(text);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    static AccessRules rules(String policy, Collection<Node> nodes) throws PolicyException {
        return AccessRules.of(Policy.parse(policy), List.of(ALICE, BOB), nodes);
    }
}
