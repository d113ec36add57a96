/// STUN as nodes use it: they ask from which address they are seen, and get an answer. The messages are
/// `proto.stun`'s; here is only the socket.
@NullMarked
package dev.remora.server.stun;

import org.jspecify.annotations.NullMarked;
