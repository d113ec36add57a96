package dev.remora.engine.netcheck;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.proto.stun.BindingRequest;
import dev.remora.proto.stun.BindingResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;

/// STUN servers, a NAT, DNS and HTTPS around one [NetCheck], in virtual time. Every server answers after the latency
/// of its address, 20 ms unless set; HTTPS where a latency is set for it.
final class FakeInternet {
    static final HostNetwork V4_ONLY = new HostNetwork(true, false, false);
    static final HostNetwork BOTH = new HostNetwork(true, true, true);
    private static final long DEFAULT_LATENCY = MILLISECONDS.toNanos(20);

    /// @param at from the start of the run
    record Sent(long at, IpPort to) {}

    private record Event(long at, int order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Integer.compare(order, other.order);
        }
    }

    final NetCheck check = new NetCheck(new Random(1));
    final Map<IpAddress, Long> latency = new HashMap<>();
    final Map<DerpRegionId, Long> httpsLatency = new HashMap<>();
    final Map<String, List<IpAddress>> names = new HashMap<>();
    final List<Sent> sent = new ArrayList<>();
    final List<DerpRegionId> askedByHttps = new ArrayList<>();
    final List<String> dropped = new ArrayList<>();
    long dnsTakes = MILLISECONDS.toNanos(50);
    long now = MILLISECONDS.toNanos(1000);
    Function<IpPort, IpPort> nat = FakeInternet::sameForAll;
    Predicate<IpPort> lost = to -> false;
    Predicate<IpPort> refused = to -> false;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private int order;
    private long startedAt;
    private Optional<NetReport> report = Optional.empty();

    static IpPort sameForAll(IpPort to) {
        return new IpPort(Maps.ip(to.ip().v4() ? "203.0.113.5" : "2001:db8:5::5"), 41641);
    }

    void latencyMillis(int node, long millis) {
        latency.put(Maps.ip("192.0.2." + node), MILLISECONDS.toNanos(millis));
        latency.put(Maps.ip("2001:db8::" + node), MILLISECONDS.toNanos(millis));
    }

    NetReport run(DerpMap map, HostNetwork host, int home) {
        return run(
                new NetCheckRequest(
                        map,
                        home == 0 ? Optional.empty() : Optional.of(Maps.id(home)),
                        host,
                        false));
    }

    NetReport run(NetCheckRequest request) {
        report = Optional.empty();
        sent.clear();
        askedByHttps.clear();
        startedAt = now;
        check.start(request, now, this::perform);
        while (report.isEmpty()) {
            step();
        }
        events.clear();
        return report.get();
    }

    /// Nanoseconds the last run took.
    long took() {
        return now - startedAt;
    }

    List<Long> sentMillis(IpAddress to) {
        return sent.stream()
                .filter(s -> s.to().ip().equals(to))
                .map(s -> NANOSECONDS.toMillis(s.at()))
                .toList();
    }

    private void step() {
        long timer = check.nextDeadline();
        Event next = events.peek();
        if (next != null && next.at() <= timer) {
            events.remove();
            now = next.at();
            next.action().run();
        } else {
            now = Math.max(now, timer);
            check.onTimer(now, this::perform);
        }
    }

    private void later(long nanos, Runnable action) {
        events.add(new Event(now + nanos, order++, action));
    }

    private void perform(NetCheckOutput output) {
        switch (output) {
            case NetCheckOutput.SendStun(var to, var request) -> send(to, request);
            case NetCheckOutput.ResolveName(var host) ->
                    later(
                            dnsTakes,
                            () ->
                                    check.onNames(
                                            host,
                                            names.getOrDefault(host, List.of()),
                                            now,
                                            this::perform));
            case NetCheckOutput.MeasureHttps(var region) -> measureHttps(region);
            case NetCheckOutput.Done(var done) -> report = Optional.of(done);
            case NetCheckOutput.Dropped(var reason) -> dropped.add(reason);
        }
    }

    private void send(IpPort to, BindingRequest request) {
        if (refused.test(to)) {
            later(0, () -> check.onSendFailed(request.txId(), now, this::perform));
            return;
        }
        sent.add(new Sent(now - startedAt, to));
        if (!lost.test(to)) {
            BindingResponse response = new BindingResponse(request.txId(), nat.apply(to));
            ByteBuffer bytes = ByteBuffer.allocate(response.length());
            response.writeTo(bytes);
            later(
                    latency.getOrDefault(to.ip(), DEFAULT_LATENCY),
                    () -> check.onDatagram(bytes.flip(), now, this::perform));
        }
    }

    private void measureHttps(DerpRegionId region) {
        askedByHttps.add(region);
        Long takes = httpsLatency.get(region);
        if (takes == null) {
            later(MILLISECONDS.toNanos(300), () -> check.onHttpsFailed(region, now, this::perform));
        } else {
            later(
                    takes * 3, // with the handshakes
                    () -> check.onHttpsLatency(region, takes, false, now, this::perform));
        }
    }
}
