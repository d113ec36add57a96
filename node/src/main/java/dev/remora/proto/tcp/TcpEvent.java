package dev.remora.proto.tcp;

import java.util.Optional;

/// What a connection tells its owner besides the packets it writes. [Closed] is always the last one.
public sealed interface TcpEvent {
    /// The handshake is done: bytes may flow both ways. Bytes written before were queued.
    record Connected() implements TcpEvent {}

    /// Bytes that [TcpOut#deliver] did not take wait in the connection: [TcpConnection#peek] shows them.
    record Readable() implements TcpEvent {}

    /// A write that was cut short may be continued: there is room again.
    record Writable() implements TcpEvent {}

    /// The peer has sent its last byte and the owner has taken it; our own direction stays open.
    record PeerFinished() implements TcpEvent {}

    /// The connection is over and holds no memory any more.
    ///
    /// @param timeWait what must still be known of the 4-tuple, if we were the side that closed first
    record Closed(Reason reason, Optional<TimeWait> timeWait) implements TcpEvent {}

    /// Why a connection ended.
    enum Reason {
        /// Both directions ended with a FIN, or the peer vanished after both sides had said all (FIN-WAIT-2, 60 s).
        FINISHED,
        /// The peer reset an established connection.
        RESET,
        /// The peer answered our SYN with a RST, or an ICMP message said that nobody is there.
        REFUSED,
        /// The peer's node said beside TCP that it dropped our SYN.
        FORBIDDEN,
        /// The peer did not answer for too long.
        TIMEOUT,
        /// We reset it: [TcpConnection#abort], or bytes came in that nobody will read.
        ABORTED
    }
}
