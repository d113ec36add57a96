package dev.remora.engine.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapResponse;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A map that was kept is the map it was.
class NetMapWriterTest {
    private static final Instant NOW = Instant.parse("2026-08-01T00:00:00Z");
    private static final int STEPS = 30; // more than any story has

    @ParameterizedTest
    @ValueSource(strings = {"headscale", "testcontrold"})
    void recordedMapsSurvive(String server) throws Exception {
        for (int step = 1; step <= STEPS; step++) {
            for (Map.Entry<String, NetMap> node : Story.of(server).after(step).entrySet()) {
                NetMap map = node.getValue().at(NOW);
                byte[] kept = ControlJson.write(map.toMessage());
                NetMap again = NetMap.first(ControlJson.read(MapResponse.class, kept), NOW).at(NOW);
                for (RecordComponent part : NetMap.class.getRecordComponents()) {
                    if (!part.getName().equals("clockSkew")) {
                        assertThat(content(part, again))
                                .as("%s of %s after step %d", part.getName(), node.getKey(), step)
                                .isEqualTo(content(part, map));
                    }
                }
            }
        }
    }

    private static Object content(RecordComponent part, NetMap map) throws Exception {
        Object value = part.getAccessor().invoke(map);
        return value instanceof Peers peers ? peers.all() : value;
    }
}
