/// Values everyone shares: addresses, prefixes, fixed-size byte strings, deadlines and the one exception for bytes
/// that a stranger got wrong. Knows nothing of protocols, sockets or time.
@NullMarked
package dev.remora.base;

import org.jspecify.annotations.NullMarked;
