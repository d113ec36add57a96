package dev.remora.proto.derp;

import dev.remora.base.MalformedException;
import dev.remora.crypto.NaclBox;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/// The relay's side of a connection's beginning, towards one client.
public final class ServerHandshake {
    /// The longest [HandshakeFrame.ClientInfo] a relay reads.
    public static final int CLIENT_INFO_LIMIT = 256 << 10;

    private final NaclBox.BoxKey box;

    /// @throws MalformedException if the client's key is of low order
    public ServerHandshake(NodePrivateKey relay, NodeKey client) throws MalformedException {
        this.box = NaclBox.precompute(relay, client.bytes());
    }

    /// @throws MalformedException if the client does not own its key or says nothing we understand: hang up
    public ClientDetails open(HandshakeFrame.ClientInfo info) throws MalformedException {
        return ClientDetails.parse(box.openWithNonce(info.nonceAndBox().duplicate()));
    }

    public HandshakeFrame.ServerInfo serverInfo(ServerDetails details, RandomGenerator random) {
        byte[] sealed = box.sealWithNonce(random, ByteBuffer.wrap(details.json()));
        return new HandshakeFrame.ServerInfo(ByteBuffer.wrap(sealed));
    }
}
