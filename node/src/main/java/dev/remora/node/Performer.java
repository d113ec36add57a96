package dev.remora.node;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.engine.Engine;
import dev.remora.engine.EngineOutput;
import dev.remora.engine.PingResult;
import dev.remora.engine.netcheck.NetCheckOutput;
import dev.remora.engine.netcheck.NetReport;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.path.Endpoint;
import dev.remora.engine.path.SendFailure;
import dev.remora.io.derp.DerpRelays;
import dev.remora.io.derp.HttpsLatency;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns the engine's outputs into calls. Decides nothing, and calls the engine back only later.
final class Performer {
    private static final Logger LOG = LoggerFactory.getLogger(Performer.class);

    private final EngineDriver driver;
    private final UdpPorts udp;
    private final Executor loop;
    private final Executor slow;
    private final Reports reports;

    /// What the rest of the node does with news from the engine.
    interface Reports {
        void onEndpoints(List<Endpoint> endpoints);

        void onNetwork(Optional<NetReport> report, Optional<DerpRegionId> home);

        void onPinged(long token, PingResult result);

        void onRebindWanted();

        void onChange();

        DerpRelays relays();

        Engine engine();
    }

    /// @param slow for name look-ups
    Performer(EngineDriver driver, UdpPorts udp, Executor loop, Executor slow, Reports reports) {
        this.driver = driver;
        this.udp = udp;
        this.loop = loop;
        this.slow = slow;
        this.reports = reports;
    }

    /// A mistake in one output must not cost the engine what it was about to do next: it says so and ends here.
    void perform(EngineOutput output) {
        try {
            performOne(output);
        } catch (RuntimeException e) {
            driver.failedOn("an output", e);
        }
    }

    private void performOne(EngineOutput output) {
        switch (output) {
            case EngineOutput.SendDatagrams(var to, var datagrams, var size) ->
                    send(to, datagrams, size);
            case EngineOutput.SendRelayed(var via, var to, var packet) ->
                    reports.relays().send(via, to, packet);
            case EngineOutput.RebindWanted _ -> loop.execute(reports::onRebindWanted);
            case EngineOutput.EndpointsChanged(var endpoints) -> reports.onEndpoints(endpoints);
            case EngineOutput.NetworkChecked(var report, var home) ->
                    reports.onNetwork(report, home);
            case EngineOutput.Netcheck(var request) -> check(request);
            case EngineOutput.PathChanged(var peer, var path) -> {
                LOG.debug("path to {} is {}", peer, path);
                reports.onChange();
            }
            case EngineOutput.Pinged(var token, var result) -> reports.onPinged(token, result);
        }
    }

    private void send(IpPort to, ByteBuffer datagrams, int size) {
        try {
            int lost = udp.send(to, datagrams, size);
            if (lost > 0) {
                reports.engine().counters().droppedOut("socket buffer full", lost);
            }
        } catch (NoRouteToHostException e) {
            driver.sendFailed(to, SendFailure.UNREACHABLE);
        } catch (IOException e) {
            LOG.debug("send to {}: {}", to, e.getMessage());
            driver.sendFailed(to, SendFailure.SOCKET_BROKEN);
        }
    }

    private void check(NetCheckOutput request) {
        switch (request) {
            case NetCheckOutput.ResolveName(var host) -> slow.execute(() -> resolve(host));
            case NetCheckOutput.MeasureHttps(var region) ->
                    loop.execute(() ->
                            reports.relays()
                                    .measureHttps(region, result -> onMeasured(region, result)));
            case NetCheckOutput.SendStun _, NetCheckOutput.Done _, NetCheckOutput.Dropped _ ->
                    throw new IllegalStateException("the engine does this itself: " + request);
        }
    }

    private void resolve(String host) {
        List<IpAddress> found;
        try {
            found =
                    Arrays.stream(InetAddress.getAllByName(host))
                            .map(ip -> IpAddress.of(ip.getAddress()))
                            .toList();
        } catch (UnknownHostException e) {
            found = List.of();
        }
        List<IpAddress> addresses = found;
        loop.execute(() -> {
            reports.engine().netChecks().onNames(host, addresses, driver.now());
            driver.finishBatch();
        });
    }

    private void onMeasured(DerpRegionId region, HttpsLatency result) {
        switch (result) {
            case HttpsLatency.Measured(var nanos, var ipv6) ->
                    reports.engine().netChecks().onHttpsLatency(region, nanos, ipv6, driver.now());
            case HttpsLatency.Failed _ ->
                    reports.engine().netChecks().onHttpsFailed(region, driver.now());
        }
        driver.finishBatchSoon();
    }
}
