package dev.remora.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapResponse;
import dev.remora.sim.SimHost;
import dev.remora.sim.SimLink;
import dev.remora.sim.SimNetwork;
import dev.remora.sim.SimRelay;
import dev.remora.sim.SimStun;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A tailnet of simulated nodes with one relay, one STUN server, and a control server that tells everybody everything within 50 ms.
final class SimTailnet {
    private static final IpAddress STUN = IpAddress.v4(0xc6336402); // 198.51.100.2

    final SimNetwork network;
    final SimRelay relay;
    private final List<Member> members = new ArrayList<>();
    private String filter =
            "{\"SrcIPs\":[\"*\"],\"DstPorts\":[{\"IP\":\"*\",\"Ports\":{\"First\":0,\"Last\":65535}}]}";

    /// Under what other IPv4 address a peer knows a node, for pairs of node and peer.
    private final Map<List<Integer>, IpAddress> masks = new HashMap<>();

    private record Member(int number, SimNode node) {
        String json() {
            return "{\"ID\":%d,\"StableID\":\"n%d\",\"Name\":\"n%d.sim.\",\"User\":1,\"Key\":\"%s\",\"DiscoKey\":\"%s\",\"Addresses\":[\"%s/32\",\"%s/128\"],\"AllowedIPs\":[\"%s/32\",\"%s/128\"],\"Endpoints\":[%s],\"HomeDERP\":%d,\"Cap\":145,\"MachineAuthorized\":true,\"Online\":true}"
                    .formatted(
                            number,
                            number,
                            number,
                            node.key().text(),
                            node.engine.discoKey().text(),
                            v4(number),
                            v6(number),
                            v4(number),
                            v6(number),
                            node.endpoints().stream()
                                    .map(e -> "\"" + e + "\"")
                                    .collect(Collectors.joining(",")),
                            SimNode.REGION.value());
        }
    }

    SimTailnet(long seed) {
        network = new SimNetwork(seed);
        relay = new SimRelay(network, SimLink.millis(5));
        new SimStun(new SimHost("stun", network.internet(), SimLink.millis(5), STUN));
    }

    static IpAddress v4(int number) {
        return IpAddress.v4(0x64400000 + number);
    }

    static IpAddress v6(int number) {
        return IpAddress.v6(0xfd7a115ca1e00000L, number);
    }

    /// Adds a node; its number says its addresses.
    SimNode join(int number, SimHost host) {
        SimNode node = new SimNode(host, relay, NodePrivateKey.generate(network.random()));
        members.removeIf(old -> old.number == number);
        members.add(new Member(number, node));
        node.onEndpoints(this::tellSoon);
        tellSoon();
        return node;
    }

    void leave(int number) {
        members.removeIf(m -> m.number == number);
        tellSoon();
    }

    /// From now on `peer` knows `node` by this IPv4 address only.
    void masquerade(int node, int peer, IpAddress as) {
        masks.put(List.of(node, peer), as);
        tellSoon();
    }

    /// A node as another one is told of it.
    private String seen(Member node, Member by) {
        IpAddress shown = masks.get(List.of(node.number, by.number));
        IpAddress mask = masks.get(List.of(by.number, node.number));
        String json = node.json();
        if (shown != null) {
            json = json.replace(v4(node.number) + "/32", shown + "/32");
        }
        return mask == null
                ? json
                : json.replace(
                        "\"Cap\"", "\"SelfNodeV4MasqAddrForThisPeer\":\"" + mask + "\",\"Cap\"");
    }

    /// Other rules for everybody from now on, as JSON; an empty text allows nothing.
    void filter(String rules) {
        filter = rules;
        tellSoon();
    }

    private void tellSoon() {
        network.after(50_000_000, this::tell);
    }

    private void tell() {
        for (Member to : members) {
            String peers =
                    members.stream()
                            .filter(m -> m != to)
                            .map(m -> seen(m, to))
                            .collect(Collectors.joining(","));
            String json =
                    "{\"Node\":%s,\"Peers\":[%s],\"PacketFilters\":{\"base\":[%s]},\"DERPMap\":{\"Regions\":{\"900\":{\"RegionID\":900,\"RegionCode\":\"sim\",\"Nodes\":[{\"Name\":\"900a\",\"RegionID\":900,\"HostName\":\"relay.sim\",\"IPv4\":\"198.51.100.2\",\"IPv6\":\"none\"}]}}}}"
                            .formatted(to.json(), peers, filter);
            to.node.onNetMap(map(json));
        }
    }

    private static NetMap map(String json) {
        try {
            return NetMap.first(
                    ControlJson.read(MapResponse.class, json.getBytes(UTF_8)), Instant.EPOCH);
        } catch (MalformedException e) {
            throw new AssertionError(e.reason());
        }
    }
}
