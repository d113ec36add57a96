package dev.remora.proto.control;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;

/// A stranger's bytes instead of a server's: read or refused, never worse.
class ControlFuzzTest {
    private static final MapFrames.Limits LIMITS = new MapFrames.Limits(1 << 16, 1 << 18);

    @FuzzTest(maxDuration = "10s")
    void mapResponse(byte[] json) {
        refuseOrRead(MapResponse.class, json);
    }

    @FuzzTest(maxDuration = "10s")
    void registerResponse(byte[] json) {
        refuseOrRead(RegisterResponse.class, json);
        refuseOrRead(ServerKeys.class, json);
    }

    @FuzzTest(maxDuration = "10s")
    void mapStream(byte[] body) {
        read(body, true);
        read(body, false);
    }

    private static void read(byte[] body, boolean compressed) {
        MapFrames frames = new MapFrames(compressed, LIMITS);
        frames.add(ByteBuffer.wrap(body));
        try {
            while (frames.next().isPresent()) {
                continue;
            }
        } catch (MalformedException refused) {
            // most are
        }
    }

    private static void refuseOrRead(Class<?> type, byte[] json) {
        try {
            ControlJson.write(ControlJson.read(type, json));
        } catch (MalformedException refused) {
            // most are
        }
    }
}
