package dev.remora.node;

import dev.remora.base.IpPort;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.Engine;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.path.SendFailure;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Drives the engine on its loop: hands it what the network brings, ends batches, and wakes it when something is due. Whoever has called the engine or
/// one of its streams calls [#finishBatch] or [#finishBatchSoon] afterwards.
///
/// A mistake of ours that shows in one packet or timer is said and ends there: the node goes on with the next one.
final class EngineDriver implements StreamContext {
    private static final Logger LOG = LoggerFactory.getLogger(EngineDriver.class);
    private static final long NEVER = Long.MAX_VALUE;

    /// A packet that shows a mistake may come thousands of times a second.
    private static final long COMPLAIN_EVERY = TimeUnit.SECONDS.toNanos(5);

    private final EventExecutor loop;
    private final LongSupplier clock;
    private final Runnable finishPostedBatch = this::finishBatch;
    private final List<StreamChannel> withBytes = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private @Nullable Engine engine;
    private @Nullable ScheduledFuture<?> timer;
    private long timerAt = NEVER;
    private boolean finishPosted;
    private boolean stopped;
    private long complainedAt = -COMPLAIN_EVERY;

    private record Failure(IpPort to, SendFailure kind) {}

    /// @param clock nanoseconds since the node started
    EngineDriver(EventExecutor loop, LongSupplier clock) {
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
        try {
            engine().onDatagrams(from, datagrams, segmentSize, now());
        } catch (RuntimeException e) {
            failedOn("a datagram", e);
        }
    }

    void onRelayed(DerpRegionId via, NodeKey sender, ByteBuffer packet) {
        try {
            engine().onRelayed(via, sender, packet, now());
        } catch (RuntimeException e) {
            failedOn("a relayed packet", e);
        }
        finishBatchSoon();
    }

    void failedOn(String what, RuntimeException mistake) {
        long now = now();
        if (now - complainedAt >= COMPLAIN_EVERY) {
            complainedAt = now;
            LOG.error("the engine failed on {}", what, mistake);
        }
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
        if (!finishPosted && !stopped) {
            finishPosted = true;
            loop.execute(finishPostedBatch);
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
            failedOn("a batch", e);
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
        if (failures.isEmpty()) {
            return;
        }
        List<Failure> told = List.copyOf(failures);
        failures.clear();
        for (Failure failure : told) {
            engine().onSendFailed(failure.to, failure.kind, now());
        }
    }

    /// A timer that fires too early costs one look; so one is only replaced when something is due before it.
    private void schedule() {
        long next = engine().nextDeadline();
        if (next >= timerAt || stopped) {
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
            failedOn("a timer", e);
        }
        finishBatch();
    }

    /// Nothing fires any more; what is called afterwards is still done.
    void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
