package dev.remora.server.tailnet;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.server.model.Node;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// Which node carries which subnet. A route counts when its node announces it and it is approved; of several nodes that
/// have the same, one is primary, and stays so as long as it is well: the first does not get it back just by returning.
///
/// Exit nodes are many at once: their routes have no primary.
final class Routers {
    static final Set<IpPrefix> EXIT =
            Set.of(new IpPrefix(IpAddress.ANY_V4, 0), new IpPrefix(IpAddress.ANY_V6, 0));

    private final TailnetSettings settings;
    private final Roster roster;
    private final Clock clock;
    private final Attendance attendance;
    private final Map<IpPrefix, SortedSet<Long>> holders = new HashMap<>();
    private final Map<IpPrefix, Long> primaries = new ConcurrentHashMap<>();

    Routers(TailnetSettings settings, Books books, Attendance attendance) {
        this.settings = settings;
        this.roster = books.roster();
        this.clock = books.clock();
        this.attendance = attendance;
        roster.nodes().forEach(node -> after(Optional.empty(), Optional.of(node)));
        books.follow(this::after);
    }

    /// The subnets that a node would carry alone.
    private Set<IpPrefix> subnets(Optional<Node> node) {
        Set<IpPrefix> subnets = new HashSet<>(node.map(this::effective).orElse(Set.of()));
        subnets.removeAll(EXIT);
        return subnets;
    }

    private Set<IpPrefix> effective(Node node) {
        Set<IpPrefix> routes = new HashSet<>(node.report().announcedRoutes());
        routes.retainAll(node.approvedRoutes());
        routes.removeIf(route -> !mayBeAnnounced(route));
        return routes;
    }

    /// Not the tailnet's own addresses: whoever could announce these would be everybody.
    boolean mayBeAnnounced(IpPrefix route) {
        return EXIT.contains(route) || route.isMasked() && (isVia(route) || !isOwn(route));
    }

    private boolean isOwn(IpPrefix route) {
        return overlaps(route, settings.ipv4()) || overlaps(route, settings.ipv6());
    }

    /// Inside the tailnet's IPv6 range, where no node ever has an address.
    private static boolean isVia(IpPrefix route) {
        return route.bits() >= AddressPool.VIA.bits() && AddressPool.VIA.contains(route.ip());
    }

    private static boolean overlaps(IpPrefix one, IpPrefix other) {
        return one.contains(other.ip()) || other.contains(one.ip());
    }

    private List<Change> after(Optional<Node> before, Optional<Node> now) {
        Set<IpPrefix> touched = subnets(before);
        Set<IpPrefix> held = subnets(now);
        touched.addAll(held);
        long id = before.or(() -> now).orElseThrow().id();
        List<Change> changes = new ArrayList<>();
        for (IpPrefix subnet : touched) {
            SortedSet<Long> all = holders.computeIfAbsent(subnet, none -> new TreeSet<>());
            if (held.contains(subnet)) {
                all.add(id);
            } else {
                all.remove(id);
            }
            changes.addAll(elect(subnet, all));
        }
        return changes;
    }

    /// Looks again who carries a node's subnets, since it came, went, expired or was admitted.
    List<Change> elect(Node node) {
        List<Change> changes = new ArrayList<>();
        for (IpPrefix subnet : subnets(Optional.of(node))) {
            changes.addAll(elect(subnet, holders.getOrDefault(subnet, new TreeSet<>())));
        }
        return changes;
    }

    private List<Change> elect(IpPrefix subnet, SortedSet<Long> all) {
        Optional<Long> before = Optional.ofNullable(primaries.get(subnet));
        Optional<Long> next = before.filter(all::contains).filter(this::isWell);
        next = next.or(() -> all.stream().filter(this::isWell).findFirst());
        next = next.or(() -> before.filter(all::contains));
        next = next.or(() -> all.stream().findFirst());
        if (all.isEmpty()) {
            holders.remove(subnet);
        }
        if (next.equals(before)) {
            return List.of();
        }
        if (next.isPresent()) {
            primaries.put(subnet, next.get());
        } else {
            primaries.remove(subnet);
        }
        List<Change> changes = new ArrayList<>();
        before.filter(id -> roster.node(id).isPresent()).ifPresent(id -> addNews(id, changes));
        next.ifPresent(id -> addNews(id, changes));
        return changes;
    }

    private boolean isWell(long id) {
        return attendance.online(id)
                && roster.node(id)
                        .map(Node::membership)
                        .filter(as -> as.authorized() && !as.expired(clock.instant()))
                        .isPresent();
    }

    private static void addNews(long id, List<Change> changes) {
        changes.add(new Change.NodeChanged(id));
        changes.add(new Change.SelfChanged(id));
    }

    /// What a node carries now, the order always the same.
    List<IpPrefix> served(Node node) {
        return effective(node).stream()
                .filter(route ->
                        EXIT.contains(route)
                                || Long.valueOf(node.id()).equals(primaries.get(route)))
                .sorted(Routers::compare)
                .toList();
    }

    private static int compare(IpPrefix one, IpPrefix other) {
        int byAddress = one.ip().compareTo(other.ip());
        return byAddress != 0 ? byAddress : Integer.compare(one.bits(), other.bits());
    }
}
