package dev.remora.io.loop;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One event loop and its thread: the place where a node's engine lives.
public final class EngineLoop implements AutoCloseable {
    /// How long tasks may hold input back. The default lets tasks that post themselves again do so for most of a second.
    private static final long TASK_QUANTUM_MS = 1;

    private static final int PROBE_AFTER_SECONDS = 15;
    private static final int PROBE_EVERY_SECONDS = 5;
    private static final int DEAD_AFTER_MS = 20_000;

    private final IoEventLoop loop;
    private final boolean epoll;

    private EngineLoop(IoEventLoop loop, boolean epoll) {
        this.loop = loop;
        this.epoll = epoll;
    }

    /// Starts a loop on the best mechanism there is.
    public static EngineLoop start(String threadName) {
        return start(threadName, Epoll.isAvailable());
    }

    /// Starts a loop on what the JDK itself has, even where there is better.
    public static EngineLoop startPortable(String threadName) {
        return start(threadName, false);
    }

    private static EngineLoop start(String threadName, boolean epoll) {
        IoHandlerFactory handlers = epoll ? LastingEpoll.newFactory() : NioIoHandler.newFactory();
        IoEventLoop loop =
                new SingleThreadIoEventLoop(
                        null,
                        new DefaultThreadFactory(threadName, true),
                        handlers,
                        Integer.MAX_VALUE,
                        RejectedExecutionHandlers.reject(),
                        TASK_QUANTUM_MS);
        return new EngineLoop(loop, epoll);
    }

    /// The loop as Netty sees it: executor, scheduler and group of this one thread.
    public IoEventLoop netty() {
        return loop;
    }

    /// Runs something on the loop: at once where we are on it already. Netty tells of a socket that could not even be made, as there are no descriptors left,
    /// on another thread.
    public void run(Runnable action) {
        if (loop.inEventLoop()) {
            action.run();
        } else {
            loop.execute(action);
        }
    }

    /// "epoll" or "nio".
    public String mechanism() {
        return epoll ? "epoll" : "nio";
    }

    /// Whether [Pollable.Descriptor]s can be watched, or only the JDK's channels.
    public boolean watchesDescriptors() {
        return epoll;
    }

    /// A channel for connections to others.
    public SocketChannel newSocket() {
        return epoll ? new EpollSocketChannel() : new NioSocketChannel();
    }

    /// Lets the system end a connection that has gone dead, as all do when the network is cut, about half a minute later: whether we say nothing on it or
    /// wait for an acknowledgement. Otherwise it takes hours or a quarter of one, and what is said after the cut waits for the next retransmission, which
    /// may be a minute off. Without epoll, the system's own settings hold.
    public Bootstrap watchful(Bootstrap bootstrap) {
        bootstrap.option(ChannelOption.SO_KEEPALIVE, true);
        if (epoll) {
            bootstrap
                    .option(EpollChannelOption.TCP_KEEPIDLE, PROBE_AFTER_SECONDS)
                    .option(EpollChannelOption.TCP_KEEPINTVL, PROBE_EVERY_SECONDS)
                    .option(EpollChannelOption.TCP_USER_TIMEOUT, DEAD_AFTER_MS);
        }
        return bootstrap;
    }

    /// A channel that accepts TCP connections.
    public ServerSocketChannel newServerSocket() {
        return epoll ? new EpollServerSocketChannel() : new NioServerSocketChannel();
    }

    /// A channel for datagrams of either family.
    public DatagramChannel newDatagramSocket() {
        return epoll ? new EpollDatagramChannel() : new NioDatagramChannel();
    }

    /// A channel that accepts connections on a Unix socket.
    public ServerChannel newServerUnixSocket() {
        return epoll ? new EpollServerDomainSocketChannel() : new NioServerDomainSocketChannel();
    }

    /// Watches `source` and calls `onReadable`, on the loop, as long as there is something to read. What `onReadable` throws goes to `failed` and
    /// ends this watch alone.
    public Watch watch(Pollable source, Watch.Reader onReadable, Consumer<Exception> failed) {
        return Watch.start(loop, source, onReadable, failed);
    }

    /// Ends the thread. Channels that are still open on it must be closed before.
    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /// Closes and waits, at most five seconds, until the thread is gone.
    public void closeAndWait() throws InterruptedException {
        close();
        loop.awaitTermination(5, TimeUnit.SECONDS);
    }
}
