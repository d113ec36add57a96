package dev.remora.proto.disco;

import dev.remora.base.Bytes32;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A place at a peer relay where two clients can meet.
///
///     0               32             64             96        104   108
///     | relay's disco | client disco | client disco | lamport | vni | bind lifetime, steady lifetime …
///     116             124
///     …               | address 16, port 2 | … at least one, nothing behind the last
///
/// The lifetimes are nanoseconds: until the relay gives up on clients that never bind, and on clients that bound and
/// fell silent.
public record RelayEndpoint(
        DiscoKey server,
        DiscoKey firstClient,
        DiscoKey secondClient,
        long lamportId,
        int vni,
        long bindLifetime,
        long steadyLifetime,
        List<IpPort> addresses) {
    private static final int FIXED_LENGTH = 3 * Bytes32.LENGTH + 3 * Long.BYTES + Integer.BYTES;

    public RelayEndpoint {
        addresses = List.copyOf(addresses);
    }

    static RelayEndpoint parse(ByteBuffer in) throws MalformedException {
        int forAddresses = in.remaining() - FIXED_LENGTH;
        if (forAddresses <= 0 || forAddresses % IpPort.MAPPED_LENGTH != 0) {
            throw new MalformedException(
                    "disco relay endpoint without a whole number of addresses");
        }
        return new RelayEndpoint(
                new DiscoKey(Bytes32.read(in)),
                new DiscoKey(Bytes32.read(in)),
                new DiscoKey(Bytes32.read(in)),
                in.getLong(),
                in.getInt(),
                in.getLong(),
                in.getLong(),
                readAddresses(in));
    }

    /// Reads addresses until fewer bytes are left than one of them has.
    static List<IpPort> readAddresses(ByteBuffer in) {
        List<IpPort> addresses = new ArrayList<>(in.remaining() / IpPort.MAPPED_LENGTH);
        while (in.remaining() >= IpPort.MAPPED_LENGTH) {
            addresses.add(IpPort.readMapped(in));
        }
        return addresses;
    }

    int length() {
        return FIXED_LENGTH + addresses.size() * IpPort.MAPPED_LENGTH;
    }

    void writeTo(ByteBuffer out) {
        server.bytes().write(out);
        firstClient.bytes().write(out);
        secondClient.bytes().write(out);
        out.putLong(lamportId).putInt(vni).putLong(bindLifetime).putLong(steadyLifetime);
        addresses.forEach(address -> address.writeMapped(out));
    }
}
