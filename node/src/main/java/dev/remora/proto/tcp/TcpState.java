package dev.remora.proto.tcp;

/// The states of RFC 9293 §3.3.2, without LISTEN, which belongs to the stack.
public enum TcpState {
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSE_WAIT,
    CLOSING,
    LAST_ACK,
    TIME_WAIT,
    CLOSED;

    /// Both sequence numbers are known and acknowledged.
    boolean synchronizedState() {
        return this != SYN_SENT && this != SYN_RECEIVED && this != CLOSED;
    }

    /// Nothing of it goes on: at most its addresses are still remembered.
    boolean over() {
        return this == TIME_WAIT || this == CLOSED;
    }

    /// The peer may still send bytes that count.
    boolean receives() {
        return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
    }

    /// Our FIN has not been queued yet.
    boolean sends() {
        return this == SYN_SENT
                || this == SYN_RECEIVED
                || this == ESTABLISHED
                || this == CLOSE_WAIT;
    }
}
