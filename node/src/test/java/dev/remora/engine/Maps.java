package dev.remora.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.base.Bytes32;
import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapResponse;
import dev.remora.testing.Packets;
import java.time.Instant;

/// Netmaps made for a test: we are node 1, and others have numbers of their own. In JSON, with `'` for `"`.
final class Maps {
    /// A rule that opens everything to everybody.
    static final String ALL =
            "{'SrcIPs':['*'],'DstPorts':[{'IP':'*','Ports':{'First':0,'Last':65535}}]}";

    private Maps() {}

    /// @param peers nodes, with commas between
    /// @param rules of the packet filter, the same
    static NetMap of(String peers, String rules) {
        return of(peers, rules, "");
    }

    /// @param more members of the message, each with a comma before it
    static NetMap of(String peers, String rules, String more) {
        String json =
                "{'Node':%s,'Peers':[%s],'PacketFilters':{'base':[%s]}%s}"
                        .formatted(node(1, ""), peers, rules, more);
        try {
            return NetMap.first(
                    ControlJson.read(MapResponse.class, json.replace('\'', '"').getBytes(UTF_8)),
                    Instant.EPOCH);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e.reason(), e);
        }
    }

    /// @param more members of the node, each with a comma before it
    static String node(int number, String more) {
        return "{'ID':%d,'StableID':'n%d','Name':'n%d.test.','User':1,'Key':'%s','DiscoKey':'%s','Addresses':['%s/32'],'AllowedIPs':['%s/32'],'Cap':145,'MachineAuthorized':true,'HomeDERP':900%s}"
                .formatted(
                        number,
                        number,
                        number,
                        key(number).text(),
                        disco(number).text(),
                        ip(number),
                        ip(number),
                        more);
    }

    static IpAddress ip(int number) {
        return Packets.ip("100.64.0." + number);
    }

    static NodeKey key(int number) {
        return new NodeKey(new Bytes32(number, number, number, number));
    }

    static DiscoKey disco(int number) {
        return new DiscoKey(new Bytes32(number, 0, 0, number));
    }
}
