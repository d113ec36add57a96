package dev.remora.io.loop;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;

/// Waits until a socket has its address, or says for people why it has not.
public final class Binding {
    private Binding() {}

    /// @param where the address, and what for if there are several of that kind
    /// @throws IOException with a sentence that names the address
    public static Channel await(ChannelFuture binding, String where) throws IOException {
        binding.awaitUninterruptibly();
        if (!binding.isSuccess()) {
            String why = sentence(String.valueOf(binding.cause().getMessage()));
            throw new IOException("cannot listen on " + where + ": " + why, binding.cause());
        }
        return binding.channel();
    }

    /// The system's own words, which stand in what Netty and the JDK make of them.
    private static String sentence(String said) {
        if (said.contains("Cannot assign requested address")) {
            return "this machine has no such address";
        }
        if (said.contains("Address already in use")) {
            return "another program listens there";
        }
        if (said.contains("Permission denied")) {
            return "no right to; a port below 1024 needs root or CAP_NET_BIND_SERVICE";
        }
        return said;
    }
}
