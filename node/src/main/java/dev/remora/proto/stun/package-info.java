/// STUN binding requests and their answers (RFC 8489): how a node asks a relay "from which address do you see me?".
/// Only what that question needs is here, over UDP, without authentication. Retransmission belongs to whoever asks.
///
///     0        2        4              8              20
///     |  type  | length | magic cookie | transaction  | attributes, each padded to 4 bytes
///
/// Servers of this protocol family answer only requests that name the software `tailnode` and end in a FINGERPRINT.
@NullMarked
package dev.remora.proto.stun;

import org.jspecify.annotations.NullMarked;
