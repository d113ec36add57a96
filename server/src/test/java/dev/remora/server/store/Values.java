package dev.remora.server.store;

import dev.remora.base.Bytes32;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.HostInfoBuilder;
import dev.remora.proto.control.NetInfo;
import dev.remora.server.model.Addresses;
import dev.remora.server.model.Keys;
import dev.remora.server.model.Membership;
import dev.remora.server.model.Name;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.PreAuthKey;
import dev.remora.server.model.RegisterMethod;
import dev.remora.server.model.Report;
import dev.remora.server.model.User;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/// Values to be kept, with nothing left empty that could be full.
final class Values {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123Z");

    private Values() {}

    static User user(long id, String name) {
        return new User(id, name, "Ärger \"Al\" O'", name + "@example.com", "https://p/" + id, NOW);
    }

    static PreAuthKey authKey(long id, long user) {
        return new PreAuthKey(
                id,
                "lookup" + id,
                new Bytes32(id, 2, 3, 4),
                OptionalLong.of(user),
                new TreeSet<>(Set.of("tag:a", "tag:b")),
                true,
                true,
                true,
                true,
                "for all",
                NOW,
                Optional.of(NOW.plusSeconds(3600)),
                Optional.of(NOW.plusSeconds(1)),
                Optional.of(NOW.plusSeconds(2)));
    }

    static Node node(long id, String label, Owner owner, OptionalLong authKey) {
        return new Node(
                id,
                new Keys(
                        new MachineKey(new Bytes32(id, 0, 0, 1)),
                        new NodeKey(new Bytes32(id, 0, 0, 2)),
                        new DiscoKey(new Bytes32(id, 0, 0, 3))),
                owner,
                new Name("Host \"" + label + "\"", label, true),
                new Addresses(IpAddress.v4(0x64400000 + (int) id), IpAddress.v6(0xfd7aL << 48, id)),
                report(),
                Set.of(
                        new IpPrefix(IpAddress.v4(0x0a000000), 8),
                        new IpPrefix(IpAddress.ANY_V6, 0)),
                new Membership(
                        true,
                        true,
                        RegisterMethod.AUTH_KEY,
                        authKey,
                        NOW,
                        Optional.of(NOW.plusSeconds(86_400)),
                        NOW.plusSeconds(5)));
    }

    private static Report report() {
        return new Report(
                new HostInfoBuilder()
                        .hostname("Jörg's 机器")
                        .os("linux")
                        .routableIps(List.of(new IpPrefix(IpAddress.v4(0x0a000000), 8)))
                        .build()
                        .withNetInfo(NetInfo.onlyHome(900)),
                List.of(
                        new IpPort(IpAddress.v4(0xc0000201), 41641),
                        new IpPort(IpAddress.v6(0x20010db8L << 32, 1), 1)),
                900,
                138);
    }
}
