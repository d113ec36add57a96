package dev.remora.io.loop;

import java.nio.channels.SelectableChannel;

/// What a loop needs to watch something for input.
public sealed interface Pollable {
    /// A raw descriptor, watched by epoll.
    record Descriptor(int fd) implements Pollable {}

    /// A channel in non-blocking mode, watched by a selector.
    record Selectable(SelectableChannel channel) implements Pollable {}
}
