package dev.remora.proto.derp;

import dev.remora.base.MalformedException;
import dev.remora.crypto.NaclBox;
import dev.remora.crypto.NodePrivateKey;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/// The client's side of a connection's beginning: proves who we are to a relay whose key is known, and opens its
/// answer.
public final class ClientHandshake {
    private final NodePrivateKey self;
    private final NaclBox.BoxKey box;

    /// @throws MalformedException if the relay's key is of low order
    public ClientHandshake(NodePrivateKey self, DerpServerKey relay) throws MalformedException {
        this.self = self;
        this.box = NaclBox.precompute(self, relay.bytes());
    }

    /// The key in the first frame of a connection whose relay is not known yet.
    ///
    /// @throws MalformedException if that frame is no greeting: hang up
    public static DerpServerKey serverKey(DerpFrame first) throws MalformedException {
        if (first instanceof HandshakeFrame.ServerKey(var key)) {
            return key;
        }
        throw new MalformedException(
                "relay begins with frame type " + first.type() + ", not with its key");
    }

    public HandshakeFrame.ClientInfo clientInfo(ClientDetails details, RandomGenerator random) {
        byte[] sealed = box.sealWithNonce(random, ByteBuffer.wrap(details.json()));
        return new HandshakeFrame.ClientInfo(self.publicKey(), ByteBuffer.wrap(sealed));
    }

    /// @throws MalformedException if the relay does not own the key, or says nothing we understand: hang up
    public ServerDetails open(HandshakeFrame.ServerInfo info) throws MalformedException {
        return ServerDetails.parse(box.openWithNonce(info.nonceAndBox().duplicate()));
    }
}
