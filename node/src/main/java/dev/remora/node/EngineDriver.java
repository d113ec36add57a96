package dev.remora.node;

import dev.remora.base.IpPort;
import dev.remora.engine.Engine;
import dev.remora.engine.path.SendFailure;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Drives the engine on its loop: ends batches, and wakes it when something is due. Whoever has called the engine or one of its streams calls
/// [#finishBatch] or [#finishBatchSoon] afterwards.
final class EngineDriver implements StreamContext {
    private static final Logger LOG = LoggerFactory.getLogger(EngineDriver.class);
    private static final long NEVER = Long.MAX_VALUE;

    private final IoEventLoop loop;
    private final LongSupplier clock;
    private final List<StreamChannel> withBytes = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private @Nullable Engine engine;
    private @Nullable ScheduledFuture<?> timer;
    private long timerAt = NEVER;
    private boolean finishPosted;

    private record Failure(IpPort to, SendFailure kind) {}

    /// @param clock nanoseconds since the node started
    EngineDriver(IoEventLoop loop, LongSupplier clock) {
        this.loop = loop;
        this.clock = clock;
    }

    void drive(Engine driven) {
        engine = driven;
    }

    private Engine engine() {
        if (engine == null) {
            throw new IllegalStateException("no engine yet");
        }
        return engine;
    }

    @Override
    public long now() {
        return clock.getAsLong();
    }

    void onDatagrams(IpPort from, ByteBuffer datagrams, int segmentSize) {
        engine().onDatagrams(from, datagrams, segmentSize, now());
    }

    /// A datagram could not be sent. The engine is in the middle of something and learns of it when that is done.
    void sendFailed(IpPort to, SendFailure kind) {
        failures.add(new Failure(to, kind));
        finishBatchSoon();
    }

    @Override
    public void readSoon(StreamChannel channel) {
        withBytes.add(channel);
        finishBatchSoon();
    }

    @Override
    public void finishBatchSoon() {
        if (!finishPosted) {
            finishPosted = true;
            loop.execute(this::finishBatch);
        }
    }

    /// Hands received bytes to their pipelines, lets the engine answer and send, and sets the timer for what comes next.
    void finishBatch() {
        finishPosted = false;
        try {
            deliver();
            tellFailures();
            engine().endOfBatch(now());
        } catch (RuntimeException e) {
            LOG.error("the engine failed on something", e);
        }
        schedule();
    }

    private void deliver() {
        for (int i = 0; i < withBytes.size(); i++) {
            withBytes.get(i).deliverReceived();
        }
        withBytes.clear();
    }

    private void tellFailures() {
        for (Failure failure : failures) {
            engine().onSendFailed(failure.to, failure.kind, now());
        }
        failures.clear();
    }

    /// A timer that fires too early costs one look; so one is only replaced when something is due before it.
    private void schedule() {
        long next = engine().nextDeadline();
        if (next >= timerAt || loop.isShuttingDown()) {
            return;
        }
        if (timer != null) {
            timer.cancel(false);
        }
        timerAt = next;
        timer = loop.schedule(this::onTimer, Math.max(0, next - now()), TimeUnit.NANOSECONDS);
    }

    private void onTimer() {
        timerAt = NEVER;
        try {
            engine().onTimer(now());
        } catch (RuntimeException e) {
            LOG.error("the engine failed on a timer", e);
        }
        finishBatch();
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
        timerAt = Long.MIN_VALUE; // nothing is due before that
    }
}
