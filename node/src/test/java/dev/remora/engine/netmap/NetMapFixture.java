package dev.remora.engine.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.MalformedException;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/// Map messages in short, with `'` for `"`, and what is asked of the maps they make.
abstract class NetMapFixture {
    static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    static final String RULE = "{'SrcIPs':['%s'],'DstPorts':[]}";

    static List<String> sources(NetMap map) {
        return map.filterRules().stream()
                .flatMap(rule -> Lists.present(rule.srcIps()).stream())
                .toList();
    }

    static String rule(String source) {
        return RULE.formatted(source);
    }

    static Node only(NetMap map) {
        assertThat(map.peers().size()).isEqualTo(1);
        return map.peers().all().getFirst();
    }

    static NodeId id(long value) {
        return new NodeId(value);
    }

    /// A node with a key made of its number.
    static String node(int id, String members) {
        return "{'ID':%d,'StableID':'n%d','Key':'nodekey:%064x'%s}"
                .formatted(id, id, id, members.isEmpty() ? "" : "," + members);
    }

    static NetMap map(String members) throws MalformedException {
        String self = node(1, "'Name':'self.corp.test.'");
        return NetMap.first(
                message("{'Node':" + self + (members.isEmpty() ? "" : "," + members) + "}"), NOW);
    }

    static MapResponse message(String json) throws MalformedException {
        return ControlJson.read(
                MapResponse.class, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
