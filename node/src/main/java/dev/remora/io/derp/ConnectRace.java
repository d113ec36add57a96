package dev.remora.io.derp;

import dev.remora.io.loop.EngineLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Several addresses of one server dialled at once; the first connection wins and the others are closed. Where IPv6 is
/// known to work, IPv4 gets a late start.
final class ConnectRace {
    private static final int TIMEOUT_MILLIS = 1500;
    private static final long IPV4_LATER_MILLIS = 200;

    /// What is written but not sent yet is what a new packet has to wait for. Up to here it may grow, in our buffers
    /// and again in the kernel's.
    private static final int MOST_UNSENT = 128 << 10;

    private final EngineLoop loop;
    private final Promise<Channel> winner;
    private int running;

    private ConnectRace(EngineLoop loop, int runners) {
        this.loop = loop;
        this.winner = loop.netty().newPromise();
        this.running = runners;
    }

    /// Runs on the loop. If nobody wins, the failure is that of whoever failed last.
    static Future<Channel> run(
            EngineLoop loop, List<InetSocketAddress> addresses, boolean preferIpv6) {
        ConnectRace race = new ConnectRace(loop, addresses.size());
        boolean anyIpv6 = addresses.stream().anyMatch(a -> a.getAddress() instanceof Inet6Address);
        for (InetSocketAddress address : addresses) {
            boolean later = preferIpv6 && anyIpv6 && address.getAddress() instanceof Inet4Address;
            race.start(address, later ? IPV4_LATER_MILLIS : 0);
        }
        return race.winner;
    }

    private void start(InetSocketAddress address, long delayMillis) {
        if (delayMillis == 0) {
            connect(address);
        } else {
            loop.netty().schedule(() -> connect(address), delayMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void connect(InetSocketAddress address) {
        if (winner.isDone()) {
            return;
        }
        ChannelFuture connected = bootstrap(loop).connect(address);
        connected.addListener(_ -> loop.run(() -> onEnd(connected)));
    }

    private void onEnd(ChannelFuture connected) {
        running--;
        if (!connected.isSuccess() && running == 0) {
            winner.tryFailure(connected.cause());
        } else if (connected.isSuccess() && !winner.trySuccess(connected.channel())) {
            connected.channel().close();
        }
    }

    private static Bootstrap bootstrap(EngineLoop loop) {
        Bootstrap bootstrap =
                loop.watchful(new Bootstrap())
                        .group(loop.netty())
                        .channelFactory(loop::newSocket)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, TIMEOUT_MILLIS)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(MOST_UNSENT / 2, MOST_UNSENT))
                        .handler(new HandlersComeLater());
        return loop.mechanism().equals("epoll")
                ? bootstrap.option(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) MOST_UNSENT)
                : bootstrap;
    }

    /// Which handlers a channel gets is up to whoever wanted the connection, and only the winner gets any.
    private static final class HandlersComeLater extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {}
    }
}
