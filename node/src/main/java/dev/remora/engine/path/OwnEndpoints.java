package dev.remora.engine.path;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.Deadlines;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Where this node may be reachable, and when to find out anew. A search is asked for with an output and ends with
/// [#onStunEndpoints]; there is never more than one, and at most one more is wanted behind it.
final class OwnEndpoints {
    /// A NAT mapping can be gone after half a minute, so what we tell a peer must be newer than this.
    static final long FRESH_FOR = SECONDS.toNanos(27);

    static final long SEARCH_EVERY_MIN = SECONDS.toNanos(20);
    static final long SEARCH_EVERY_MAX = SECONDS.toNanos(26);

    /// A search that takes longer has lost its way: call-me-maybe goes out with what we know.
    static final long SEARCH_TIMEOUT = SECONDS.toNanos(10);

    private enum Timer {
        PERIODIC,
        SEARCH_TIMEOUT
    }

    private final RandomGenerator random;
    private final Deadlines<Timer> deadlines = new Deadlines<>(Timer.class);
    private final EndpointTracker tracker = new EndpointTracker();

    private LocalSockets sockets = new LocalSockets(List.of(), 0, 0, false);
    private boolean socketsKnown;
    private boolean searching;

    /// Our link is another since the last search that was ended.
    private boolean moved;

    private @Nullable EndpointSearch next;
    private boolean searched;
    private long searchedAt;
    private List<Endpoint> outside = List.of();
    private List<Endpoint> told = List.of();

    OwnEndpoints(RandomGenerator random) {
        this.random = random;
    }

    /// What peers and control are told.
    List<Endpoint> current() {
        return told;
    }

    boolean fresh(long now) {
        return searched && now - searchedAt <= FRESH_FOR;
    }

    /// Our link has changed, and what the search for our endpoints finds on the new one is still to come.
    boolean moved() {
        return moved;
    }

    /// Whether a datagram to this address can leave: without a socket of its family it cannot.
    boolean canSendTo(IpPort address) {
        return !socketsKnown || (address.ip().v4() ? sockets.ipv4Port() : sockets.ipv6Port()) != 0;
    }

    /// Asks for a search, or for one more behind that which is running. To make a call-me-maybe fresh, the running
    /// one will do.
    void search(EndpointSearch why, long now, Consumer<? super PathOutput> out) {
        moved |= why == EndpointSearch.LINK_CHANGE;
        if (!searching) {
            searching = true;
            deadlines.clear(Timer.PERIODIC);
            deadlines.set(Timer.SEARCH_TIMEOUT, now + SEARCH_TIMEOUT);
            out.accept(new PathOutput.EndpointsWanted(why));
        } else if (why != EndpointSearch.CALL_ME_MAYBE && why != EndpointSearch.PERIODIC) {
            next = why;
        }
    }

    void onLocalSockets(LocalSockets sockets, long now, Consumer<? super PathOutput> out) {
        boolean changed = socketsKnown && !sockets.equals(this.sockets);
        this.sockets = sockets;
        socketsKnown = true;
        if (searched) {
            tell(now, out);
        }
        if (changed) {
            search(EndpointSearch.LINK_CHANGE, now, out);
        }
    }

    /// Ends a search.
    ///
    /// @param seen what STUN servers saw, IPv4 before IPv6, in each the best first; may be empty
    /// @param mappingVaries our NAT uses another port for another destination
    void onStunEndpoints(
            List<IpPort> seen, boolean mappingVaries, long now, Consumer<? super PathOutput> out) {
        searched = true;
        searchedAt = now;
        outside = fromOutside(seen, mappingVaries);
        tracker.saw(outside, now);
        tell(now, out);
        endSearch(now, out);
    }

    private void endSearch(long now, Consumer<? super PathOutput> out) {
        searching = false;
        moved = next == EndpointSearch.LINK_CHANGE;
        deadlines.clear(Timer.SEARCH_TIMEOUT);
        deadlines.set(
                Timer.PERIODIC, now + random.nextLong(SEARCH_EVERY_MIN, SEARCH_EVERY_MAX + 1));
        if (next != null) {
            EndpointSearch why = next;
            next = null;
            search(why, now, out);
        }
    }

    private List<Endpoint> fromOutside(List<IpPort> seen, boolean mappingVaries) {
        List<Endpoint> endpoints = new ArrayList<>();
        seen.forEach(address -> endpoints.add(new Endpoint(address, Endpoint.Source.STUN)));
        if (mappingVaries && sockets.portConfigured()) {
            seen.stream()
                    .map(IpPort::ip)
                    .filter(IpAddress::v4)
                    .findFirst()
                    .map(ip -> new IpPort(ip, sockets.ipv4Port()))
                    .filter(address -> !seen.contains(address))
                    .map(address -> new Endpoint(address, Endpoint.Source.STUN_WITH_LOCAL_PORT))
                    .ifPresent(endpoints::add);
        }
        return endpoints;
    }

    /// Says what has changed, if it is more than the order.
    private void tell(long now, Consumer<? super PathOutput> out) {
        Map<IpPort, Endpoint> endpoints = new LinkedHashMap<>();
        outside.forEach(endpoint -> endpoints.put(endpoint.address(), endpoint));
        tracker.current(now)
                .forEach(endpoint -> endpoints.putIfAbsent(endpoint.address(), endpoint));
        LocalEndpoints.of(sockets, !endpoints.isEmpty())
                .forEach(address ->
                        endpoints.putIfAbsent(
                                address, new Endpoint(address, Endpoint.Source.LOCAL)));
        List<Endpoint> current = List.copyOf(endpoints.values());
        boolean changed = !new HashSet<>(current).equals(new HashSet<>(told));
        told = current;
        if (changed) {
            out.accept(new PathOutput.EndpointsChanged(current));
        }
    }

    /// Somebody wants to send after a while of silence.
    void onActive(long now) {
        if (!searching) {
            deadlines.setIfUnset(Timer.PERIODIC, Math.max(now, searchedAt + SEARCH_EVERY_MIN));
        }
    }

    long nextDeadline() {
        return deadlines.next();
    }

    /// @param active whether anything was sent lately: an idle node leaves the STUN servers in peace
    /// @return whether a search was given up
    boolean onTimer(boolean active, long now, Consumer<? super PathOutput> out) {
        boolean gaveUp = deadlines.fires(Timer.SEARCH_TIMEOUT, now);
        if (gaveUp) {
            endSearch(now, out);
        }
        if (deadlines.fires(Timer.PERIODIC, now) && active) {
            search(EndpointSearch.PERIODIC, now, out);
        }
        return gaveUp;
    }
}
