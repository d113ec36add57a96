package dev.remora.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.MalformedException;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.derp.ClientDetails;
import dev.remora.proto.derp.ClientHandshake;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpServerKey;
import dev.remora.proto.derp.HandshakeFrame;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/// A client of a relay without TLS, on an ordinary socket.
final class Sockets implements AutoCloseable {
    private static final int PATIENCE_MS = 30_000;

    private final Socket socket;

    private Sockets(Socket socket) {
        this.socket = socket;
    }

    /// Connects and introduces itself; what the relay says to that has not been read.
    static Sockets introduced(InetSocketAddress relay, DerpServerKey relayKey, NodePrivateKey key)
            throws IOException, MalformedException {
        Socket socket = new Socket(relay.getAddress(), relay.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        Sockets client = new Sockets(socket);
        String request = Wire.UPGRADE + "Derp-Fast-Start: 1\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        client.write(
                new ClientHandshake(key, relayKey)
                        .clientInfo(ClientDetails.OF_NODE, new Random(7)));
        assertThat(client.read()).isEqualTo(new HandshakeFrame.ServerKey(relayKey));
        return client;
    }

    /// The same, and welcomed.
    static Sockets join(InetSocketAddress relay, DerpServerKey relayKey, NodePrivateKey key)
            throws IOException, MalformedException {
        Sockets client = introduced(relay, relayKey, key);
        assertThat(client.read()).isInstanceOf(HandshakeFrame.ServerInfo.class);
        return client;
    }

    void write(DerpFrame... frames) throws IOException {
        socket.getOutputStream().write(Wire.bytesOf(frames));
    }

    DerpFrame read() throws IOException, MalformedException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int type = in.readUnsignedByte();
        byte[] payload = new byte[in.readInt()];
        in.readFully(payload);
        return DerpFrame.parse(type, ByteBuffer.wrap(payload));
    }

    boolean isHungUp() throws IOException {
        return socket.getInputStream().read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
