package dev.remora.sidecar.boot;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Map;

/// Whatever a configuration file says is read or refused; what is read makes a daemon's settings or is refused there.
class YamlSettingsFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void anyTextIsReadOrRefused(byte[] text) {
        try {
            new Sources(Environment.of(Map.of()), YamlSettings.read("f", new String(text, UTF_8)))
                    .read();
        } catch (InvalidSettingsException refused) {
            return; // most are
        }
    }
}
