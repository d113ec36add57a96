package dev.remora.server.stun;

import dev.remora.io.loop.Binding;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.JdkAddresses;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;

/// Answers binding requests on one UDP address (RFC 8489). It keeps nothing about anybody, and no answer is noticeably
/// longer than its question.
///
/// On a machine with several addresses of one family, listen on the one that clients ask: an answer from another is
/// not taken for one by most firewalls, and from a wildcard address the system chooses by its routes.
public final class StunServer implements AutoCloseable {
    private final Channel channel;
    private final Counts counts;

    /// What happened to datagrams so far.
    record Counts(LongAdder answered, LongAdder refused) {}

    private StunServer(Channel channel, Counts counts) {
        this.channel = channel;
        this.counts = counts;
    }

    /// Listens on `address`; a wildcard address takes both families.
    ///
    /// @throws IOException if the address cannot be had; the message says which and why
    public static StunServer start(EngineLoop loop, InetSocketAddress address) throws IOException {
        Counts counts = new Counts(new LongAdder(), new LongAdder());
        ChannelFuture binding =
                new Bootstrap()
                        .group(loop.netty())
                        .channelFactory(loop::newDatagramSocket)
                        .handler(new BindingHandler(counts))
                        .bind(address);
        String where = "UDP " + JdkAddresses.read(address) + " for STUN";
        return new StunServer(Binding.await(binding, where), counts);
    }

    /// Where it listens, with the port that the system chose if it was asked to.
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    public long answered() {
        return counts.answered().sum();
    }

    /// Datagrams that were no binding request of this protocol family, and so got no answer.
    public long refused() {
        return counts.refused().sum();
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }
}
