package dev.remora.proto.ip;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;

/// Any bytes are a packet or are refused, with whatever lies behind the IP header.
class IpFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void packet(byte[] bytes) {
        IpPacketTest.touch(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    }
}
