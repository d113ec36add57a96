/// The tailnet as we know it now.
///
/// `NetMap` is immutable and is folded from the stream of map
/// responses that the control server sends: a whole map first, then changes. What hangs on it has
/// types of our own: `Node` for the members,
/// [DerpMap][dev.remora.engine.netmap.DerpMap] for the relays there are. Messages as they stand on the
/// wire, and everything about getting them, are left to `proto.control` and `io.control`.
@NullMarked
package dev.remora.engine.netmap;

import org.jspecify.annotations.NullMarked;
