package dev.remora.sidecar.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class YamlTest {
    @Test
    void aReaderFindsWhatWasWritten() {
        Map<String, Object> node = new LinkedHashMap<>();
        node.put("id", 1);
        node.put("name", "it's: \"quoted\" # and ünïcode");
        node.put("user", Map.of("name", "alice"));
        node.put("tags", List.of());
        node.put("addresses", List.of("100.64.0.1", List.of("x", Map.of("y", true))));
        List<Object> tree =
                List.of(
                        node,
                        node,
                        "text",
                        Map.of(),
                        List.of("no", "y", "Null", "1e3", "0x1f", "12:30", "a:", "a b", "", "~"),
                        List.of("tag:web", "fd7a:115c:a1e0::1", "10.0.0.0/8", "https://x/y"));

        String yaml = Yaml.of(tree);

        assertThat(yaml).startsWith("- id: 1\n  name: ");
        assertThat(new Load(LoadSettings.builder().build()).loadFromString(yaml)).isEqualTo(tree);
    }
}
