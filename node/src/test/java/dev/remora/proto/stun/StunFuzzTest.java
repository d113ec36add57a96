package dev.remora.proto.stun;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;

/// Strangers' datagrams: read or refused, never worse. What was read must survive being written.
class StunFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void request(byte[] datagram) throws MalformedException {
        BindingRequest request;
        try {
            request = BindingRequest.parse(ByteBuffer.wrap(datagram));
        } catch (MalformedException refused) {
            return;
        }
        ByteBuffer out = ByteBuffer.allocate(BindingRequest.LENGTH);
        request.writeTo(out);
        expectSame(request, BindingRequest.parse(out.flip()));
    }

    @FuzzTest(maxDuration = "10s")
    void response(byte[] datagram) throws MalformedException {
        BindingResponse response;
        try {
            response = BindingResponse.parse(ByteBuffer.wrap(datagram));
        } catch (MalformedException refused) {
            return;
        }
        ByteBuffer out = ByteBuffer.allocate(response.length());
        response.writeTo(out);
        expectSame(response, BindingResponse.parse(out.flip()));
    }

    private static void expectSame(Record written, Record read) {
        if (!written.equals(read)) {
            throw new AssertionError(written + " came back as " + read);
        }
    }
}
