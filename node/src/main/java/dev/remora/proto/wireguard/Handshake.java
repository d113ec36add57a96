package dev.remora.proto.wireguard;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.EphemeralKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.noise.SymmetricState;
import dev.remora.proto.noise.SymmetricState.TransportKeys;
import java.nio.charset.StandardCharsets;

/// The arithmetic of `Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s`, both roles. Holds no state of its own and decides
/// nothing: an initiation is [Initiated] until its response comes, a received one is [Opened] until it is answered.
final class Handshake {
    /// There are no preshared keys in a tailnet.
    static final Bytes32 NO_PRESHARED_KEY = Bytes32.ZERO;

    private static final String CONSTRUCTION = "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s";
    private static final byte[] IDENTIFIER =
            "WireGuard v1 zx2c4 Jason@zx2c4.com".getBytes(StandardCharsets.US_ASCII);

    private Handshake() {}

    /// An initiation of ours, waiting for its response.
    record Initiated(Message.Initiation message, EphemeralKey ephemeral, SymmetricState state) {
        /// Takes the response. This value stays good for another one if this is not it.
        TransportKeys finish(Message.Response response, NodePrivateKey self, Bytes32 presharedKey)
                throws MalformedException {
            SymmetricState after = new SymmetricState(state);
            mixEphemeral(after, response.ephemeral());
            after.mixKey(ephemeral.agree(response.ephemeral()));
            after.mixKey(self.agree(response.ephemeral()));
            after.mixKeyAndHash(presharedKey.toBytes());
            after.openAndHash(response.tag(), "handshake response");
            return after.split();
        }
    }

    /// A received initiation of which we know who sent it, though not yet that it is genuine and new.
    record Opened(Message.Initiation message, NodeKey peer, SymmetricState state) {
        /// The moment it was sent, 12 bytes; reading it proves that the peer sent it, once.
        byte[] stamp(byte[] staticStatic) throws MalformedException {
            state.mixKey(staticStatic);
            return state.openAndHash(message.sealedStamp(), "time stamp");
        }

        /// To be called after [#stamp].
        Answered answer(EphemeralKey ephemeral, int sender, Bytes32 presharedKey)
                throws MalformedException {
            mixEphemeral(state, ephemeral.publicBytes());
            state.mixKey(ephemeral.agree(message.ephemeral()));
            state.mixKey(ephemeral.agree(peer.bytes()));
            state.mixKeyAndHash(presharedKey.toBytes());
            byte[] tag = state.sealAndHash(new byte[0]);
            Message.Response response =
                    new Message.Response(sender, message.sender(), ephemeral.publicBytes(), tag);
            return new Answered(response, state.split());
        }
    }

    /// The response to an initiation, and the keys both sides have with it.
    record Answered(Message.Response message, TransportKeys keys) {}

    /// Begins a handshake with `peer`.
    static Initiated initiate(
            Aead aead,
            NodePrivateKey self,
            NodeKey peer,
            byte[] staticStatic,
            EphemeralKey ephemeral,
            int sender,
            byte[] stamp)
            throws MalformedException {
        SymmetricState state = begin(aead, peer);
        mixEphemeral(state, ephemeral.publicBytes());
        state.mixKey(ephemeral.agree(peer.bytes()));
        byte[] sealedStatic = state.sealAndHash(self.publicBytes().toBytes());
        state.mixKey(staticStatic);
        byte[] sealedStamp = state.sealAndHash(stamp);
        Message.Initiation message =
                new Message.Initiation(sender, ephemeral.publicBytes(), sealedStatic, sealedStamp);
        return new Initiated(message, ephemeral, state);
    }

    /// Reads who sent an initiation to us.
    static Opened open(Aead aead, NodePrivateKey self, Message.Initiation message)
            throws MalformedException {
        SymmetricState state = begin(aead, self.publicKey());
        mixEphemeral(state, message.ephemeral());
        state.mixKey(self.agree(message.ephemeral()));
        byte[] peer = state.openAndHash(message.sealedStatic(), "static key");
        return new Opened(message, new NodeKey(Bytes32.of(peer)), state);
    }

    private static SymmetricState begin(Aead aead, NodeKey responder) {
        SymmetricState state = new SymmetricState(aead, CONSTRUCTION, IDENTIFIER);
        state.mixHash(responder.bytes().toBytes());
        return state;
    }

    /// Noise, section 9.2: with a preshared key in the pattern, ephemeral keys go into the chaining key too.
    private static void mixEphemeral(SymmetricState state, Bytes32 ephemeral) {
        byte[] key = ephemeral.toBytes();
        state.mixHash(key);
        state.mixKey(key);
    }
}
