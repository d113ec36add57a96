package dev.remora.sidecar.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.MalformedException;

/// What a command or an older state file says: read or refused; what was read can be written.
class ConfigFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void serveConfig(byte[] json) {
        try {
            byte[] written = ServeConfig.parse(json).toJson();
            ServeConfig.parse(written);
        } catch (MalformedException refused) {
            return; // most are
        }
    }

    @FuzzTest(maxDuration = "10s")
    void prefs(byte[] json) {
        try {
            Prefs.read(JsonTree.read(json));
        } catch (MalformedException refused) {
            return; // most are
        }
    }
}
