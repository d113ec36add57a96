package dev.remora.sidecar.serve;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;

/// All connections to apps that are open now.
final class OpenConnections {
    private final ChannelGroup channels;

    OpenConnections(EventExecutor loop) {
        channels = new DefaultChannelGroup(loop);
    }

    void add(Channel app) {
        channels.add(app); // leaves by itself when it is closed
    }

    int size() {
        return channels.size();
    }

    void closeAll() {
        channels.close();
    }
}
