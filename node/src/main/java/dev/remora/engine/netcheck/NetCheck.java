package dev.remora.engine.netcheck;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.Deadlines;
import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.proto.stun.BindingResponse;
import dev.remora.proto.stun.TxId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Checks the network, one run at a time; what it learned last time says what to look at next time. Times are
/// nanoseconds since the node started.
public final class NetCheck {
    static final long STUN_WITHIN = SECONDS.toNanos(3);
    static final long ALL_WITHIN = SECONDS.toNanos(5);
    static final long FULL_EVERY = MINUTES.toNanos(5);

    /// More regions than these are not waited for, beyond what the slowest of these took.
    static final int ENOUGH_REGIONS = 3;

    /// Three tries are sent within 200 ms.
    static final long FEW_REGIONS_PATIENCE = MILLISECONDS.toNanos(500);

    private enum Timer {
        /// Enough regions have answered, and the others had their chance.
        ENOUGH,
        STUN_OVER,
        GIVE_UP
    }

    private sealed interface State {
        record Idle() implements State {}

        record Probing(Run run, StunProbes probes) implements State {}

        record MeasuringHttps(Run run, HttpsFallback fallback) implements State {}
    }

    /// What holds for one run as a whole.
    private record Run(
            NetCheckRequest request, boolean full, long startedAt, Measurement measurement) {}

    private final RandomGenerator random;
    private final Deadlines<Timer> deadlines = new Deadlines<>(Timer.class);
    private final HomeChoice homeChoice = new HomeChoice();
    private State state = new State.Idle();
    private Optional<NetReport> last = Optional.empty();
    private Optional<Long> lastFullAt = Optional.empty();

    public NetCheck(RandomGenerator random) {
        this.random = random;
    }

    /// Starts a run; [NetCheckOutput.Done] ends it, within five seconds. While one is running this does nothing: its report
    /// is as good.
    public void start(NetCheckRequest request, long now, Consumer<? super NetCheckOutput> out) {
        if (isRunning()) {
            return;
        }
        boolean full =
                request.full() || lastFullAt.isEmpty() || now - lastFullAt.get() > FULL_EVERY;
        Run run = new Run(request, full, now, new Measurement());
        StunProbes probes = new StunProbes(plan(request, full), run.measurement(), random, now);
        state = new State.Probing(run, probes);
        deadlines.set(Timer.STUN_OVER, now + STUN_WITHIN);
        deadlines.set(Timer.GIVE_UP, now + ALL_WITHIN);
        if (full) {
            lastFullAt = Optional.of(now);
        }
        probes.start(now, out);
        proceed(now, out);
    }

    private List<ProbePlan.ProbeSet> plan(NetCheckRequest request, boolean full) {
        return full || last.isEmpty() || last.get().latency().isEmpty()
                ? ProbePlan.initial(request)
                : ProbePlan.incremental(request, last.get());
    }

    public boolean isRunning() {
        return !(state instanceof State.Idle);
    }

    /// What the last run found out; empty before the first is over.
    public Optional<NetReport> lastReport() {
        return last;
    }

    /// A datagram that looks like STUN, wherever it came from: who knows the transaction id has seen our request.
    public void onDatagram(ByteBuffer datagram, long now, Consumer<? super NetCheckOutput> out) {
        try {
            BindingResponse response = BindingResponse.parse(datagram);
            if (state instanceof State.Probing(var run, var probes)
                    && probes.onResponse(response, now)) {
                onAnswer(run, probes, now);
                proceed(now, out);
            } else {
                out.accept(new NetCheckOutput.Dropped("STUN response that nobody waits for"));
            }
        } catch (MalformedException e) {
            out.accept(new NetCheckOutput.Dropped(e.reason()));
        }
    }

    /// With fewer regions than are enough, all of them are; their other family still gets all its tries.
    private void onAnswer(Run run, StunProbes probes, long now) {
        int answered = run.measurement().regionsAnswered();
        long patience = run.measurement().slowest() * (run.full() ? 2 : 1);
        if (answered == ENOUGH_REGIONS) {
            deadlines.setIfUnset(Timer.ENOUGH, now + patience);
        } else if (answered == probes.regions()) {
            deadlines.setIfUnset(Timer.ENOUGH, now + Math.max(patience, FEW_REGIONS_PATIENCE));
        }
    }

    /// The system refused to send that request.
    public void onSendFailed(TxId txId, long now, Consumer<? super NetCheckOutput> out) {
        if (state instanceof State.Probing(_, var probes)) {
            probes.onSendFailed(txId);
            proceed(now, out);
        }
    }

    /// What DNS says of a name we asked for; nothing, if it does not know it.
    public void onNames(
            String host,
            List<IpAddress> addresses,
            long now,
            Consumer<? super NetCheckOutput> out) {
        if (state instanceof State.Probing(_, var probes)) {
            probes.onNames(host, addresses);
            proceed(now, out);
        }
    }

    /// @param latency from the request to the head of the response, on a connection that stood already
    /// @param ipv6 what the connection ran over
    public void onHttpsLatency(
            DerpRegionId region,
            long latency,
            boolean ipv6,
            long now,
            Consumer<? super NetCheckOutput> out) {
        if (state instanceof State.MeasuringHttps(var run, var fallback)
                && fallback.onAnswer(region)) {
            run.measurement().onLatency(region, ipv6 ? Family.V6 : Family.V4, latency);
            proceed(now, out);
        }
    }

    public void onHttpsFailed(DerpRegionId region, long now, Consumer<? super NetCheckOutput> out) {
        if (state instanceof State.MeasuringHttps(_, var fallback) && fallback.onAnswer(region)) {
            proceed(now, out);
        }
    }

    /// A relay connection of this region has brought something. Calling this every few seconds is enough.
    public void onDerpFrame(DerpRegionId region, long now) {
        homeChoice.onFrame(region, now);
    }

    /// When [#onTimer] is due, [Deadlines#NEVER] if nothing runs.
    public long nextDeadline() {
        return state instanceof State.Probing(_, var probes)
                ? Math.min(deadlines.next(), probes.nextDeadline())
                : deadlines.next();
    }

    public void onTimer(long now, Consumer<? super NetCheckOutput> out) {
        if (isRunning()) {
            proceed(now, out);
        }
    }

    private void proceed(long now, Consumer<? super NetCheckOutput> out) {
        boolean giveUp = deadlines.fires(Timer.GIVE_UP, now);
        switch (state) {
            case State.Idle() -> {}
            case State.Probing(var run, var probes) -> {
                boolean over = deadlines.fires(Timer.STUN_OVER, now);
                boolean enough = deadlines.fires(Timer.ENOUGH, now);
                if (!over && !enough && !giveUp) {
                    probes.sendDue(now, out);
                    over = probes.allDone();
                }
                if (over || enough || giveUp) {
                    stunIsOver(run, giveUp, now, out);
                }
            }
            case State.MeasuringHttps(var run, var fallback) -> {
                if (giveUp || fallback.allDone()) {
                    finish(run, now, out);
                }
            }
        }
    }

    /// Without any answer UDP is blocked, and HTTPS has to tell how far the relays are.
    private void stunIsOver(
            Run run, boolean giveUp, long now, Consumer<? super NetCheckOutput> out) {
        HttpsFallback fallback = new HttpsFallback(run.request().map());
        if (run.measurement().udp() || giveUp || fallback.allDone()) {
            finish(run, now, out);
        } else {
            deadlines.clear(Timer.STUN_OVER);
            state = new State.MeasuringHttps(run, fallback);
            fallback.start(out);
        }
    }

    private void finish(Run run, long now, Consumer<? super NetCheckOutput> out) {
        state = new State.Idle();
        deadlines.clearAll();
        Measurement measurement = run.measurement();
        NetReport report =
                measurement
                        .report(run.full(), run.request().host())
                        .withPreferredDerp(
                                homeChoice.choose(
                                        run.request(),
                                        measurement.latency(),
                                        run.startedAt(),
                                        now));
        last = Optional.of(report);
        out.accept(new NetCheckOutput.Done(report));
    }
}
