package dev.remora.server.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.proto.control.Capture;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.DnsConfig;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.MapResponse;
import dev.remora.proto.control.NodeInfo;
import dev.remora.proto.control.RawJson;
import dev.remora.server.model.Addresses;
import dev.remora.server.model.Keys;
import dev.remora.server.model.Membership;
import dev.remora.server.model.Name;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.RegisterMethod;
import dev.remora.server.model.Report;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Every node that headscale told in the recorded story, told by us: the same fields, but for the differences that
/// `docs/findings.md` explains.
class HeadscaleFieldsTest {
    private static final String SSH = "https://tailscale.com/cap/ssh";

    private static List<MapResponse> frames() {
        return Capture.story("headscale").stream()
                .filter(capture -> capture.kind().equals("map-frame"))
                .map(capture -> {
                    try {
                        return ControlJson.read(MapResponse.class, capture.body());
                    } catch (MalformedException e) {
                        throw new AssertionError(capture + ": " + e.reason(), e);
                    }
                })
                .toList();
    }

    private static <T> Stream<T> stream(@Nullable List<T> values) {
        return values == null ? Stream.empty() : values.stream();
    }

    @Test
    void peersHaveTheSameFields() throws Exception {
        List<NodeInfo> theirs =
                frames().stream()
                        .flatMap(frame ->
                                Stream.concat(stream(frame.peers()), stream(frame.peersChanged())))
                        .toList();
        assertThat(theirs).hasSizeGreaterThan(100);

        SoftAssertions all = new SoftAssertions();
        for (NodeInfo info : theirs) {
            NodeInfo ours = NodeWriter.peer(node(info), standing(info), routes(info));
            HostInfo told = Objects.requireNonNull(ours.hostInfo());
            HostInfo said = Objects.requireNonNull(info.hostInfo());
            all.assertThat(reread(ours)).isEqualTo(expected(info, told));
            all.assertThat(told.hostname()).isEqualTo(said.hostname());
            all.assertThat(told.os()).isEqualTo(said.os());
            all.assertThat(told.services()).isEqualTo(said.services());
            all.assertThat(told.routableIps()).isEqualTo(said.routableIps());
            all.assertThat(told.exitNodeId()).isEqualTo(said.exitNodeId());
        }
        all.assertAll();
    }

    @Test
    void aNodeItselfHasTheSameFields() throws Exception {
        List<NodeInfo> theirs =
                frames().stream().map(MapResponse::node).filter(Objects::nonNull).toList();
        assertThat(theirs).hasSizeGreaterThan(20);

        SoftAssertions all = new SoftAssertions();
        for (NodeInfo info : theirs) {
            NodeInfo ours = NodeWriter.self(node(info), standing(info), routes(info));
            all.assertThat(reread(ours))
                    .isEqualTo(expected(info, Objects.requireNonNull(info.hostInfo())));
        }
        all.assertAll();
    }

    @Test
    void namesAreTheSame() {
        DnsConfig theirs =
                frames().stream()
                        .filter(frame -> frame.derpMap() != null)
                        .map(MapResponse::dnsConfig)
                        .findFirst()
                        .orElseThrow();
        DnsConfig settings =
                new DnsConfig(
                        null, null, null, null, true, null, null, theirs.extraRecords(), null);

        DnsConfig ours =
                new MapDns(TestTailnet.settings())
                        .of(settings, new TestTailnet(5).add(1), Map.of());

        assertThat(ours).isEqualTo(theirs);
    }

    private static NodeInfo reread(NodeInfo ours) throws MalformedException {
        return ControlJson.read(NodeInfo.class, ControlJson.write(ours));
    }

    private static NodeWriter.Standing standing(NodeInfo info) {
        Map<String, @Nullable List<RawJson>> capabilities = new TreeMap<>();
        if (info.capMap() != null) {
            capabilities.putAll(info.capMap());
        }
        capabilities.remove(SSH);
        return new NodeWriter.Standing(
                Objects.requireNonNull(info.name()),
                info.user(),
                Boolean.TRUE.equals(info.online()),
                Boolean.TRUE.equals(info.expired()),
                capabilities);
    }

    private static List<IpPrefix> routes(NodeInfo info) {
        List<IpPrefix> routes = new ArrayList<>(Objects.requireNonNull(info.allowedIps()));
        routes.removeAll(Objects.requireNonNull(info.addresses()));
        return routes;
    }

    private static Node node(NodeInfo info) {
        List<IpPrefix> addresses = Objects.requireNonNull(info.addresses());
        return new Node(
                info.id(),
                new Keys(
                        Objects.requireNonNull(info.machine()),
                        Objects.requireNonNull(info.key()),
                        Objects.requireNonNullElse(info.discoKey(), DiscoKey.ZERO)),
                info.tags() == null
                        ? new Owner.Person(info.user())
                        : new Owner.Tagged(new TreeSet<>(info.tags())),
                new Name("", "", false),
                new Addresses(addresses.get(0).ip(), addresses.get(1).ip()),
                new Report(
                        Objects.requireNonNull(info.hostInfo()),
                        Objects.requireNonNullElse(info.endpoints(), List.of()),
                        (int) info.homeDerp(),
                        (int) info.cap()),
                new HashSet<>(routes(info)),
                new Membership(
                        false,
                        true,
                        RegisterMethod.AUTH_KEY,
                        OptionalLong.empty(),
                        Objects.requireNonNull(info.created()),
                        Optional.ofNullable(info.keyExpiry()),
                        Objects.requireNonNullElse(info.lastSeen(), TestTailnet.NOW)));
    }

    /// What headscale told, with what we do otherwise on purpose.
    private static NodeInfo expected(NodeInfo info, HostInfo hostInfo) {
        NodeWriter.Standing standing = standing(info);
        return new NodeInfo(
                info.id(),
                info.stableId(),
                info.name(),
                info.user(),
                info.sharer(),
                info.key(),
                Objects.requireNonNullElse(info.keyExpiry(), NodeWriter.NEVER),
                info.keySignature(),
                info.machine(),
                info.discoKey(),
                info.addresses(),
                info.allowedIps(),
                Objects.requireNonNullElse(info.endpoints(), List.of()),
                info.derp(),
                info.homeDerp(),
                hostInfo,
                info.created(),
                info.cap(),
                info.tags(),
                info.primaryRoutes(),
                info.lastSeen(),
                info.online(),
                info.machineAuthorized(),
                info.capabilities(),
                standing.capabilities().isEmpty() ? null : standing.capabilities(),
                info.unsignedPeerApiOnly(),
                info.dataPlaneAuditLogId(),
                info.expired(),
                info.selfNodeV4MasqAddrForThisPeer(),
                info.selfNodeV6MasqAddrForThisPeer(),
                info.isWireGuardOnly(),
                info.isJailed(),
                info.exitNodeDnsResolvers());
    }
}
