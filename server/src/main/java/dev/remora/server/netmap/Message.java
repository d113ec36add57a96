package dev.remora.server.netmap;

import java.io.ByteArrayOutputStream;
import java.util.List;

/// One map message, as JSON in pieces: what only this client is told, and runs of peers that others are told as well.
///
/// @param length of all of it, in bytes
record Message(List<Piece> pieces, int length) {
    sealed interface Piece {
        int length();

        void writeTo(ByteArrayOutputStream out);
    }

    /// Of this message alone. Begins and ends where blanks may stand.
    @SuppressWarnings("ArrayRecordComponent") // written once, never compared
    record Text(byte[] json) implements Piece {
        @Override
        public int length() {
            return json.length;
        }

        @Override
        public void writeTo(ByteArrayOutputStream out) {
            out.writeBytes(json);
        }
    }

    /// Peers in a row, with commas between.
    record Run(List<Fragment> peers) implements Piece {
        @Override
        public int length() {
            return peers.size() - 1 + peers.stream().mapToInt(Fragment::length).sum();
        }

        @Override
        public void writeTo(ByteArrayOutputStream out) {
            for (int i = 0; i < peers.size(); i++) {
                if (i > 0) {
                    out.write(',');
                }
                out.writeBytes(peers.get(i).json());
            }
        }
    }

    static Message of(List<Piece> pieces) {
        return new Message(List.copyOf(pieces), pieces.stream().mapToInt(Piece::length).sum());
    }

    boolean hasRuns() {
        return pieces.size() > 1;
    }

    byte[] json() {
        if (pieces.size() == 1 && pieces.getFirst() instanceof Text(byte[] all)) {
            return all;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length);
        pieces.forEach(piece -> piece.writeTo(out));
        return out.toByteArray();
    }
}
