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
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// When the network is checked, and what follows from it: our home relay, the endpoints that STUN found, what control is told.
public final class NetChecks {
    /// After a check that nobody answered the home stays unknown: try again soon, not at the next search for endpoints.
    private static final long WITHOUT_HOME_AGAIN_AFTER = SECONDS.toNanos(2);

    private enum Timer {
        AGAIN
    }

    private final NetCheck check;
    private final RandomGenerator random;
    private final Consumer<? super EngineOutput> out;
    private final Deadlines<Timer> deadlines = new Deadlines<>(Timer.class);
    private DerpMap map = DerpMap.EMPTY;
    private HostNetwork host = new HostNetwork(false, false, false);
    private Optional<DerpRegionId> home = Optional.empty();
    private boolean wantFull;
    private boolean searching;
    private Optional<Found> found = Optional.empty();

    /// What a check says about our own endpoints.
    record Found(List<IpPort> seen, boolean mappingVaries) {}

    NetChecks(RandomGenerator random, Consumer<? super EngineOutput> out) {
        this.random = random;
        this.out = out;
        this.check = new NetCheck(random);
    }

    /// Whether this map is another than before.
    boolean onDerpMap(DerpMap newMap, long now) {
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
        wantFull = true;
    }

    void start(EndpointSearch why, long now) {
        searching = true;
        run(now);
    }

    /// A check that nobody needs for endpoints: for people, or for want of a home.
    public void start(long now) {
        wantFull = true;
        run(now);
    }

    private void run(long now) {
        boolean full = wantFull;
        wantFull = false;
        check.start(
                new NetCheckRequest(map, home, host, full), now, output -> perform(output, now));
    }

    void onStun(IpPort from, ByteBuffer datagram, long now) {
        check.onDatagram(datagram, now, output -> perform(output, now));
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

    /// What a finished search found, once.
    Optional<Found> takeResult() {
        Optional<Found> taken = found;
        found = Optional.empty();
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
            case NetCheckOutput.SendStun(var to, var request) -> {
                ByteBuffer bytes = ByteBuffer.allocateDirect(BindingRequest.LENGTH);
                request.writeTo(bytes);
                out.accept(new EngineOutput.SendDatagrams(to, bytes.flip(), bytes.remaining()));
            }
            case NetCheckOutput.ResolveName _, NetCheckOutput.MeasureHttps _ ->
                    out.accept(new EngineOutput.Netcheck(output));
            case NetCheckOutput.Done(var report) -> onReport(report, now);
            case NetCheckOutput.Dropped _ -> {}
        }
    }

    private void onReport(NetReport report, long now) {
        home = report.preferredDerp().or(() -> home).or(() -> HomeChoice.anyRegion(map, random));
        if (report.latency().isEmpty() && !map.regions().isEmpty()) {
            wantFull = true;
            deadlines.set(Timer.AGAIN, now + WITHOUT_HOME_AGAIN_AFTER);
        }
        if (searching) {
            searching = false;
            found = Optional.of(new Found(report.stunEndpoints(), report.mappingVaries()));
        }
        tell(Optional.of(report));
    }

    private void tell(Optional<NetReport> report) {
        out.accept(new EngineOutput.NetworkChecked(report, home));
    }
}
