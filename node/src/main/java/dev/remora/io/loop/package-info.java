/// The event loop that owns the engine, how descriptors and channels of ours get onto it, and whom TLS connections trust.
///
/// One thread, Netty's: on Linux epoll, which also watches raw descriptors; elsewhere NIO. What is handled on it must never block, and nothing may
/// escape a handler: an exception would park the whole loop.
@NullMarked
package dev.remora.io.loop;

import org.jspecify.annotations.NullMarked;
