package dev.remora.engine.netmap;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.MalformedException;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// Whatever a server says after a good first map, folding it ends in a map or is refused.
class NetMapFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private static final String FIRST =
            "{\"Node\":{\"ID\":1,\"Key\":\"nodekey:%s\",\"Addresses\":[\"100.64.0.1/32\"]},\"Peers\":[{\"ID\":2,\"Key\":\"nodekey:%s\"}]}"
                    .formatted("1".repeat(64), "2".repeat(64));

    @FuzzTest(maxDuration = "10s")
    void change(byte[] json) throws MalformedException {
        MapResponse first =
                ControlJson.read(MapResponse.class, FIRST.getBytes(StandardCharsets.UTF_8));
        NetMap map = NetMap.first(first, NOW);
        try {
            NetMap changed = map.apply(ControlJson.read(MapResponse.class, json), NOW).at(NOW);
            changed.filterRules();
            changed.magicDnsSuffix();
        } catch (MalformedException refused) {
            return; // most are
        }
    }
}
