package dev.remora.proto.tcp;

/// Between sequence numbers on the wire (32 bits, modulo) and offsets inside the connection (64 bits, 0 is the SYN).
final class Seq {
    private Seq() {}

    /// The number on the wire of `offset` in the direction whose SYN had `initial`.
    static int wire(int initial, long offset) {
        return initial + (int) offset;
    }

    /// The offset nearest to `near` that has the number `wire`; may be negative for what is older than the SYN.
    static long unwrap(int initial, int wire, long near) {
        return near + (wire - wire(initial, near));
    }

    /// `a` comes before `b`: less than half the circle behind it.
    static boolean before(int a, int b) {
        return a - b < 0;
    }
}
