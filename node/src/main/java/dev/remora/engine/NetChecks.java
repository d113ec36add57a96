package dev.remora.engine;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.Deadlines;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.engine.netcheck.HomeChoice;
import dev.remora.engine.netcheck.HostNetwork;
import dev.remora.engine.netcheck.NetCheck;
import dev.remora.engine.netcheck.NetCheckOutput;
import dev.remora.engine.netcheck.NetCheckRequest;
import dev.remora.engine.netcheck.NetReport;
import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.path.EndpointSearch;
import dev.remora.engine.path.LocalSockets;
import dev.remora.proto.stun.BindingRequest;
import dev.remora.proto.stun.TxId;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// When the network is checked, and what follows from it: our home relay, the endpoints that STUN found, what control is told.
public final class NetChecks {
    /// After a check that nobody answered, try again soon, and then less and less often.
    private static final long UNANSWERED_AGAIN_AFTER = SECONDS.toNanos(2);

    private static final long UNANSWERED_AGAIN_AT_MOST = SECONDS.toNanos(60);

    private enum Timer {
        AGAIN
    }

    private final NetCheck check;
    private final RandomGenerator random;
    private final Consumer<? super EngineOutput> out;
    private final Deadlines<Timer> deadlines = new Deadlines<>(Timer.class);
    private final ByteBuffer stunRequest = ByteBuffer.allocateDirect(BindingRequest.LENGTH);

    /// The last request of this run to each address: the system says only later, and only where to, that sending failed.
    private final Map<IpPort, TxId> asked = new HashMap<>();

    private DerpMap map = DerpMap.EMPTY;
    private HostNetwork host = new HostNetwork(false, false, false);
    private Optional<DerpRegionId> home = Optional.empty();
    private boolean controlInTouch = true;
    private boolean wantFull;
    private boolean outdated;
    private long againAfter = UNANSWERED_AGAIN_AFTER;
    private @Nullable Found found;

    /// What a check says about our own endpoints.
    record Found(List<IpPort> seen, boolean mappingVaries) {}

    NetChecks(RandomGenerator random, Consumer<? super EngineOutput> out) {
        this.random = random;
        this.out = out;
        this.check = new NetCheck(random);
    }

    /// Whether this map is another than before.
    boolean onDerpMap(DerpMap newMap) {
        if (newMap.equals(map)) {
            return false;
        }
        map = newMap;
        wantFull = true;
        if (home.isEmpty() || !map.regions().containsKey(home.get())) {
            home = onlyRegion();
            home.ifPresent(region -> tell(check.lastReport()));
        }
        return true;
    }

    /// With one region there is nothing to measure before peers can be told where to call.
    private Optional<DerpRegionId> onlyRegion() {
        return map.regions().size() == 1 ? HomeChoice.anyRegion(map, random) : Optional.empty();
    }

    /// Nobody is to be asked anything until there is a map again. The home stays, for when that is soon.
    void onStopped() {
        map = DerpMap.EMPTY;
        deadlines.clearAll();
    }

    /// Whether peers can be told of another home now: as long as not, we stay where they look for us.
    void onControl(boolean inTouch) {
        controlInTouch = inTouch;
    }

    void onLocalSockets(LocalSockets sockets) {
        boolean v4 = false;
        boolean v6 = false;
        for (LocalSockets.LocalAddress address : sockets.addresses()) {
            IpAddress ip = address.prefix().ip();
            v4 |= ip.v4() && !ip.isLoopback();
            v6 |= !ip.v4() && !ip.isLoopback() && !ip.isLinkLocal();
        }
        host =
                new HostNetwork(
                        v4 && sockets.ipv4Port() != 0,
                        v6 && sockets.ipv6Port() != 0,
                        sockets.ipv6Port() != 0);
    }

    /// What was measured holds no more.
    void onLinkChange() {
        outdated = check.isRunning();
        wantFull = true;
        againAfter = UNANSWERED_AGAIN_AFTER;
    }

    /// A check whose result the search for our endpoints waits for.
    void start(EndpointSearch why, long now) {
        outdated |= check.isRunning() && why == EndpointSearch.RELAYS_CHANGED;
        run(now);
    }

    /// A check that nobody needs for endpoints: for people, or for want of a home.
    public void start(long now) {
        wantFull = true;
        run(now);
    }

    private void run(long now) {
        if (check.isRunning()) {
            return;
        }
        boolean full = wantFull;
        wantFull = false;
        asked.clear();
        check.start(
                new NetCheckRequest(map, home, host, full), now, output -> perform(output, now));
    }

    void onStun(IpPort from, ByteBuffer datagram, long now) {
        check.onDatagram(datagram, now, output -> perform(output, now));
    }

    /// A datagram to this address could not be sent. If it was a request, its answer need not be waited for.
    void onSendFailed(IpPort to, long now) {
        TxId request = asked.remove(to);
        if (request != null) {
            check.onSendFailed(request, now, output -> perform(output, now));
        }
    }

    /// The answer to [NetCheckOutput.ResolveName].
    public void onNames(String host, List<IpAddress> addresses, long now) {
        check.onNames(host, addresses, now, output -> perform(output, now));
    }

    /// The answer to [NetCheckOutput.MeasureHttps].
    ///
    /// @param latency in nanoseconds
    public void onHttpsLatency(DerpRegionId region, long latency, boolean ipv6, long now) {
        check.onHttpsLatency(region, latency, ipv6, now, output -> perform(output, now));
    }

    public void onHttpsFailed(DerpRegionId region, long now) {
        check.onHttpsFailed(region, now, output -> perform(output, now));
    }

    /// A relay connection of this region is alive.
    public void onDerpFrame(DerpRegionId region, long now) {
        check.onDerpFrame(region, now);
    }

    /// The relay where peers find us; empty while none is known.
    public Optional<DerpRegionId> home() {
        return home;
    }

    public Optional<NetReport> lastReport() {
        return check.lastReport();
    }

    /// What a finished check says about our endpoints, once; null if none has finished since.
    @Nullable Found takeResult() {
        Found taken = found;
        found = null;
        return taken;
    }

    long nextDeadline() {
        return Math.min(check.nextDeadline(), deadlines.next());
    }

    void onTimer(long now) {
        if (deadlines.fires(Timer.AGAIN, now)) {
            start(now);
        }
        check.onTimer(now, output -> perform(output, now));
    }

    private void perform(NetCheckOutput output, long now) {
        switch (output) {
            case NetCheckOutput.SendStun(var to, var request) -> send(to, request);
            case NetCheckOutput.ResolveName _, NetCheckOutput.MeasureHttps _ ->
                    out.accept(new EngineOutput.Netcheck(output));
            case NetCheckOutput.Done(var report) -> onReport(report, now);
            case NetCheckOutput.Dropped _ -> {}
        }
    }

    private void send(IpPort to, BindingRequest request) {
        asked.put(to, request.txId());
        request.writeTo(stunRequest.clear());
        stunRequest.flip();
        out.accept(new EngineOutput.SendDatagrams(to, stunRequest, stunRequest.remaining()));
    }

    private void onReport(NetReport report, long now) {
        if (home.isEmpty() || controlInTouch || !map.regions().containsKey(home.get())) {
            home = report.preferredDerp().or(() -> home);
        }
        home = home.or(() -> HomeChoice.anyRegion(map, random));
        found = new Found(report.stunEndpoints(), report.mappingVaries());
        if (outdated) {
            outdated = false;
            deadlines.set(Timer.AGAIN, now);
        } else if (!report.latency().isEmpty()) {
            againAfter = UNANSWERED_AGAIN_AFTER;
        } else if (!map.regions().isEmpty()) {
            deadlines.set(Timer.AGAIN, now + againAfter);
            againAfter = Math.min(2 * againAfter, UNANSWERED_AGAIN_AT_MOST);
        }
        tell(Optional.of(report));
    }

    private void tell(Optional<NetReport> report) {
        out.accept(new EngineOutput.NetworkChecked(report, home));
    }
}
