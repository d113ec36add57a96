package dev.remora.lab.bench;

import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.derp.ClientDetails;
import dev.remora.proto.derp.ClientHandshake;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpServerKey;
import dev.remora.proto.derp.HandshakeFrame;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import javax.net.ssl.SSLSocketFactory;

/// A client of a relay that does what load needs, on a blocking TLS socket.
final class RelayClient implements AutoCloseable {
    private static final String REQUEST =
            "GET /derp HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n"
                    + "Derp-Fast-Start: 1\r\n\r\n";

    private final NodePrivateKey key = NodePrivateKey.generate(new SecureRandom());
    private final Socket socket;
    private final DataInputStream in;

    private RelayClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 14));
    }

    /// Connects, introduces itself and is welcomed.
    static RelayClient join(SSLSocketFactory tls, int port) throws IOException {
        RelayClient client = new RelayClient(tls.createSocket("127.0.0.1", port));
        client.socket.setTcpNoDelay(true);
        client.socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
        try {
            DerpServerKey relay = ClientHandshake.serverKey(client.read());
            client.write(
                    new ClientHandshake(client.key, relay)
                            .clientInfo(ClientDetails.OF_NODE, new SecureRandom()));
            if (!(client.read() instanceof HandshakeFrame.ServerInfo)) {
                throw new IOException("the relay does not welcome us");
            }
        } catch (MalformedException e) {
            throw new IOException(e.reason(), e);
        }
        return client;
    }

    private DerpFrame read() throws IOException, MalformedException {
        int type = in.readUnsignedByte();
        byte[] payload = new byte[in.readInt()];
        in.readFully(payload);
        return DerpFrame.parse(type, ByteBuffer.wrap(payload));
    }

    /// Waits for a packet and forgets it.
    ///
    /// @return its length, or 0 if it was something else
    int receive() throws IOException {
        try {
            return read() instanceof DerpFrame.RecvPacket(_, var packet) ? packet.remaining() : 0;
        } catch (MalformedException e) {
            throw new IOException(e.reason(), e);
        }
    }

    /// Sends the same packet `times` times in one write.
    void send(RelayClient to, ByteBuffer packet, int times) throws IOException {
        NodeKey receiver = to.key.publicKey();
        DerpFrame frame = new DerpFrame.SendPacket(receiver, packet);
        ByteBuffer bytes = ByteBuffer.allocate(times * frame.length());
        for (int i = 0; i < times; i++) {
            frame.writeTo(bytes);
        }
        socket.getOutputStream().write(bytes.array());
    }

    private void write(DerpFrame frame) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(frame.length());
        frame.writeTo(bytes);
        socket.getOutputStream().write(bytes.array());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
