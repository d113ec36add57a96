package dev.remora.sim;

import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.proto.stun.BindingRequest;
import dev.remora.proto.stun.BindingResponse;
import dev.remora.proto.stun.Stun;
import java.nio.ByteBuffer;

/// A STUN server on a host: tells everybody who asks where it saw them.
public final class SimStun {
    private final SimHost.Socket socket;

    public SimStun(SimHost host) {
        socket = host.bind(Stun.DEFAULT_PORT, this::onDatagram);
    }

    private void onDatagram(IpPort from, ByteBuffer packet) {
        try {
            BindingRequest request = BindingRequest.parse(packet);
            BindingResponse response = new BindingResponse(request.txId(), from);
            ByteBuffer out = ByteBuffer.allocate(response.length());
            response.writeTo(out);
            socket.send(from, out.flip());
        } catch (MalformedException e) {
            throw new AssertionError("somebody sends a STUN server what is no request", e);
        }
    }
}
