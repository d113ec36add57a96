package dev.remora.sidecar.serve;

import dev.remora.io.loop.EngineLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One attempt to reach the app: its addresses one after the other, all within one limit of time. Used on the loop.
final class AppDial {
    /// A peer that has had no answer for longer has begun to repeat itself; name lookup counts, too.
    static final long LIMIT_MS = 3000;

    /// Hears how it went, exactly once, on the loop.
    interface Listener {
        /// The channel does not read yet; what comes all the same waits in its [EarlyWords].
        void onConnected(DuplexChannel app);

        /// @param refused somebody answered, and said no
        void onFailed(IOException why, boolean refused);
    }

    private final EngineLoop loop;
    private final AppAddress target;
    private final Listener listener;
    private final Queue<InetAddress> untried = new ArrayDeque<>();
    private @Nullable ScheduledFuture<?> limit;
    private @Nullable Channel connecting;
    private boolean done;

    private AppDial(EngineLoop loop, AppAddress target, Listener listener) {
        this.loop = loop;
        this.target = target;
        this.listener = listener;
    }

    static AppDial start(EngineLoop loop, AppAddress target, Listener listener) {
        AppDial dial = new AppDial(loop, target, listener);
        dial.begin();
        return dial;
    }

    private void begin() {
        limit = loop.netty().schedule(this::onLimit, LIMIT_MS, TimeUnit.MILLISECONDS);
        if (target.isFixed()) {
            lookUp();
        } else {
            Thread.ofVirtual().name("app-name").start(this::lookUp);
        }
    }

    private void lookUp() {
        try {
            List<InetAddress> found = target.resolve();
            loop.run(() -> {
                untried.addAll(found);
                next(new UnknownHostException(target.host() + " has no address"));
            });
        } catch (UnknownHostException e) {
            loop.run(() ->
                    fail(new UnknownHostException("no address found for " + target.host()), false));
        }
    }

    private void next(Throwable lastFailure) {
        InetAddress address = untried.poll();
        if (done) {
            return;
        }
        if (address == null) {
            boolean refused = lastFailure instanceof ConnectException;
            fail(lastFailure instanceof IOException io ? io : noSocket(lastFailure), refused);
            return;
        }
        ChannelFuture attempt =
                new Bootstrap()
                        .group(loop.netty())
                        .channelFactory(loop::newSocket)
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.SO_KEEPALIVE, true)
                        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .handler(new EarlyWords())
                        .connect(new InetSocketAddress(address, target.port()));
        connecting = attempt.channel();
        attempt.addListener(_ -> loop.run(() -> onAttempt(attempt)));
    }

    /// No channel could be made, mostly as the process has as many descriptors as it may have.
    private static IOException noSocket(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String why = String.valueOf(cause.getMessage()).replaceFirst(".*: ", "");
        return new IOException("no socket can be made for it: " + why, failure);
    }

    private void onAttempt(ChannelFuture attempt) {
        if (!attempt.isSuccess()) {
            Throwable cause = attempt.cause();
            next(cause == null ? new ConnectException("cancelled") : cause);
        } else if (done) {
            attempt.channel().close();
        } else {
            end();
            listener.onConnected((DuplexChannel) attempt.channel());
        }
    }

    private void onLimit() {
        if (!done) {
            fail(new IOException("no answer within " + LIMIT_MS / 1000 + " s"), false);
        }
    }

    private void fail(IOException why, boolean refused) {
        if (!done) {
            end();
            listener.onFailed(why, refused);
        }
    }

    /// Nobody waits for the outcome any more: the listener will not hear of it.
    void cancel() {
        end();
    }

    private void end() {
        boolean cancelled = !done;
        done = true;
        if (limit != null) {
            limit.cancel(false);
        }
        if (cancelled
                && connecting != null
                && connecting.isRegistered()
                && !connecting.isActive()) {
            connecting.close();
        }
    }
}
