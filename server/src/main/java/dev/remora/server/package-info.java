/// What a tailnet needs besides its nodes, and the program that runs it: a DERP relay with STUN beside it.
@NullMarked
package dev.remora.server;

import org.jspecify.annotations.NullMarked;
