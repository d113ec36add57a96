package dev.remora.engine.path;

import dev.remora.base.Bytes32;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NaclBox;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.proto.disco.DiscoMessage;
import dev.remora.proto.disco.DiscoPacket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// The other side of a conversation, played by hand: it has keys, and seals and opens what a test wants.
final class TestPeer {
    private static final byte[] MAGIC = {
        'T', 'S', (byte) 0xf0, (byte) 0x9f, (byte) 0x92, (byte) 0xac
    };

    final NodeKey key;
    final DiscoPrivateKey disco;
    private final DiscoKey us;
    private final Random random;

    TestPeer(int number, DiscoKey us) {
        random = new Random(number);
        key = new NodeKey(new Bytes32(number, number, number, number));
        disco = DiscoPrivateKey.generate(random);
        this.us = us;
    }

    /// As the netmap would list it: with a home relay of that number, 0 for none.
    PathPeer told(int region, String... endpoints) {
        return new PathPeer(
                key,
                Optional.of(disco.publicKey()),
                region == 0 ? Optional.empty() : Optional.of(new DerpRegionId(region)),
                List.of(endpoints).stream().map(TestPeer::address).toList(),
                false);
    }

    DiscoMessage open(ByteBuffer packet) {
        try {
            return DiscoPacket.of(packet).open(NaclBox.precompute(disco, us.bytes()));
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    ByteBuffer seal(DiscoMessage message) {
        ByteBuffer payload = ByteBuffer.allocate(message.length());
        message.writeTo(payload);
        return sealRaw(payload.array());
    }

    /// Seals what need not be a message.
    ByteBuffer sealRaw(byte[] payload) {
        try {
            byte[] nonceAndBox =
                    NaclBox.precompute(disco, us.bytes())
                            .sealWithNonce(random, ByteBuffer.wrap(payload));
            ByteBuffer packet = ByteBuffer.allocateDirect(DiscoPacket.OVERHEAD + payload.length);
            packet.put(MAGIC);
            disco.publicKey().bytes().write(packet);
            return packet.put(nonceAndBox).flip();
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    static IpPort address(String text) {
        try {
            return IpPort.parse(text);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }
}
