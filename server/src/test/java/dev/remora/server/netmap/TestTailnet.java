package dev.remora.server.netmap;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.control.DerpMapInfo;
import dev.remora.proto.control.DerpNodeInfo;
import dev.remora.proto.control.DerpRegionInfo;
import dev.remora.proto.control.DnsConfig;
import dev.remora.proto.control.FilterRule;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.HostInfoBuilder;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.NetPortRange;
import dev.remora.proto.control.PortRange;
import dev.remora.proto.control.RawJson;
import dev.remora.proto.control.UserProfile;
import dev.remora.server.model.Addresses;
import dev.remora.server.model.Keys;
import dev.remora.server.model.Membership;
import dev.remora.server.model.Name;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.RegisterMethod;
import dev.remora.server.model.Report;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// A tailnet in memory with the simplest of policies: a relation says who sees whom. Each change is in force before the
/// service hears of it.
final class TestTailnet implements MapSource {
    static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    static final String BASE = "lab.test";
    static final long TAGGED = 2147455555L;

    private static final List<FilterRule> ALL = rules("*");

    private final SplittableRandom random;
    private final Map<Long, Node> nodes = new ConcurrentHashMap<>();
    private final Map<NodeKey, Long> byKey = new ConcurrentHashMap<>();
    private final Map<Long, AtomicInteger> open = new ConcurrentHashMap<>();
    private final Map<Long, Boolean> online = new ConcurrentHashMap<>();
    private final Map<Long, String> users = new ConcurrentHashMap<>();
    private final Map<Long, Map<String, List<RawJson>>> attributes = new ConcurrentHashMap<>();
    private final Map<Long, MapRequest> reports = new ConcurrentHashMap<>();
    private volatile BiPredicate<Long, Long> relation = (one, other) -> true;
    private volatile List<FilterRule> filter = ALL;
    private volatile BiPredicate<Long, IpPrefix> routing = (viewer, route) -> true;
    private volatile DnsConfig dns =
            new DnsConfig(null, null, null, null, true, null, null, null, null);
    private volatile DerpMapInfo derpMap = relays("10.77.0.2");
    private volatile Map<Long, Sight> sights = new ConcurrentHashMap<>();
    private volatile LongConsumer presence = id -> {};
    private long lastId;

    TestTailnet(long seed) {
        random = new SplittableRandom(seed);
        for (long user = 1; user <= 4; user++) {
            users.put(user, "user" + user);
        }
    }

    static MapSettings settings() {
        return MapSettings.of(
                "10.77.0.2", BASE, prefix("100.64.0.0/10"), prefix("fd7a:115c:a1e0::/48"));
    }

    static IpPrefix prefix(String text) {
        try {
            return IpPrefix.parse(text);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    static IpPort endpoint(String text) {
        try {
            return IpPort.parse(text);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    static List<FilterRule> rules(String source) {
        NetPortRange everywhere = new NetPortRange("*", null, new PortRange(0, 65535));
        return List.of(new FilterRule(List.of(source), null, List.of(everywhere), null, null));
    }

    static DerpMapInfo relays(String host) {
        DerpNodeInfo node =
                new DerpNodeInfo(
                        "999", 999, host, null, host, null, 3478, false, 443, false, null, false);
        return new DerpMapInfo(
                null,
                Map.of(
                        "999",
                        new DerpRegionInfo(
                                999, "lab", "lab", null, null, false, false, List.of(node))),
                true);
    }

    /// A new node of a user, which nobody has been told of.
    Node add(long user) {
        long id = ++lastId;
        users.putIfAbsent(user, "user" + user);
        HostInfo hostInfo =
                new HostInfoBuilder()
                        .os("linux")
                        .hostname("n" + id)
                        .ipnVersion("1.102.5")
                        .backendLogId("secret-log-id-" + id)
                        .build();
        Node node =
                new Node(
                        id,
                        new Keys(
                                MachinePrivateKey.generate(random).publicKey(), nodeKey(), disco()),
                        new Owner.Person(user),
                        new Name("n" + id, "n" + id, false),
                        new Addresses(
                                IpAddress.v4(0x64400000 + (int) id),
                                IpAddress.v6(0xfd7a115ca1e00000L, id)),
                        new Report(
                                hostInfo,
                                List.of(endpoint("10.77.0." + id % 250 + ":41641")),
                                999,
                                142),
                        Set.of(),
                        new Membership(
                                false,
                                true,
                                RegisterMethod.AUTH_KEY,
                                OptionalLong.empty(),
                                NOW.minusSeconds(60),
                                Optional.empty(),
                                NOW.minusSeconds(30)));
        put(node);
        return node;
    }

    NodeKey nodeKey() {
        return NodePrivateKey.generate(random).publicKey();
    }

    DiscoKey disco() {
        return DiscoPrivateKey.generate(random).publicKey();
    }

    void put(Node node) {
        nodes.put(node.id(), node);
        byKey.put(node.keys().node(), node.id());
        sights = new ConcurrentHashMap<>();
    }

    Node change(long id, UnaryOperator<Node> change) {
        Node now = change.apply(node(id).orElseThrow());
        nodes.put(id, now);
        byKey.put(now.keys().node(), id);
        return now;
    }

    void delete(long id) {
        nodes.remove(id);
        byKey.values().remove(id);
        sights = new ConcurrentHashMap<>();
    }

    void relation(BiPredicate<Long, Long> next, List<FilterRule> nextFilter) {
        relation = next;
        filter = nextFilter;
        sights = new ConcurrentHashMap<>();
    }

    void routing(BiPredicate<Long, IpPrefix> next) {
        routing = next;
    }

    void attributes(long id, Map<String, List<RawJson>> next) {
        attributes.put(id, next);
        sights = new ConcurrentHashMap<>();
    }

    void user(long id, String name) {
        users.put(id, name);
    }

    void online(long id, boolean now) {
        online.put(id, now);
    }

    void dns(DnsConfig next) {
        dns = next;
    }

    void derpMap(DerpMapInfo next) {
        derpMap = next;
    }

    Set<Long> ids() {
        return new TreeSet<>(nodes.keySet());
    }

    Optional<MapRequest> lastReport(long id) {
        return Optional.ofNullable(reports.get(id));
    }

    int openPolls() {
        return open.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    @Override
    public Optional<Node> node(MachineKey machine, NodeKey key) {
        return Optional.ofNullable(byKey.get(key))
                .flatMap(this::node)
                .filter(node -> node.keys().node().equals(key))
                .filter(node -> node.keys().machine().equals(machine));
    }

    @Override
    public Optional<Node> node(long id) {
        return Optional.ofNullable(nodes.get(id));
    }

    @Override
    public boolean online(long id) {
        return online.getOrDefault(id, false);
    }

    @Override
    public Sight sight(long viewer) {
        return sights.computeIfAbsent(viewer, this::look);
    }

    private Sight look(long viewer) {
        Set<Long> seen = new HashSet<>();
        if (nodes.containsKey(viewer)) {
            nodes.keySet().stream()
                    .filter(id -> id != viewer && mutual(viewer, id))
                    .forEach(seen::add);
        }
        return new TestSight(
                viewer, seen, filter, attributes.getOrDefault(viewer, Map.of()), routing);
    }

    private boolean mutual(long one, long other) {
        return relation.test(Math.min(one, other), Math.max(one, other));
    }

    private record TestSight(
            long viewer,
            Set<Long> visible,
            List<FilterRule> filter,
            Map<String, List<RawJson>> attributes,
            BiPredicate<Long, IpPrefix> routing)
            implements Sight {
        @Override
        public boolean sees(long node) {
            return visible.contains(node);
        }
    }

    @Override
    public List<IpPrefix> servedRoutes(long id) {
        return nodes.containsKey(id)
                ? nodes.get(id).approvedRoutes().stream()
                        .sorted((a, b) -> a.ip().compareTo(b.ip()))
                        .toList()
                : List.of();
    }

    @Override
    public List<IpPrefix> routesFor(Sight viewer, Node router) {
        TestSight sight = (TestSight) viewer;
        return servedRoutes(router.id()).stream()
                .filter(route -> sight.routing().test(sight.viewer(), route))
                .toList();
    }

    @Override
    public String fqdn(Node node) {
        return node.name().label() + "." + BASE + ".";
    }

    @Override
    public UserProfile profile(Node node) {
        return node.owner() instanceof Owner.Person(var user)
                ? profile(user).orElseThrow()
                : new UserProfile(TAGGED, "tagged-devices", "Tagged Devices", null, null);
    }

    @Override
    public Optional<UserProfile> profile(long user) {
        return Optional.ofNullable(users.get(user))
                .map(name -> new UserProfile(user, name + "@example.com", name, null, null));
    }

    @Override
    public Set<Long> nodesOfOwner(Node node) {
        long owner = owner(node);
        return nodes.values().stream()
                .filter(each -> owner(each) == owner)
                .map(Node::id)
                .collect(Collectors.toSet());
    }

    private static long owner(Node node) {
        return node.owner() instanceof Owner.Person(var user) ? user : TAGGED;
    }

    @Override
    public DnsConfig dns() {
        return dns;
    }

    @Override
    public DerpMapInfo derpMap(long capabilityVersion) {
        return derpMap;
    }

    @Override
    public void report(long id, MapRequest request) {
        reports.put(id, request);
    }

    /// Without grace: who has no poll open is offline.
    @Override
    public Presence pollOpened(long id) {
        AtomicInteger count = open.computeIfAbsent(id, key -> new AtomicInteger());
        count.incrementAndGet();
        if (!Boolean.TRUE.equals(online.put(id, true))) {
            presence.accept(id);
        }
        return () -> {
            if (count.decrementAndGet() == 0) {
                online.put(id, false);
                presence.accept(id);
            }
        };
    }

    /// A service of this tailnet, which hears of who comes and goes.
    MapService serve(MapSettings settings) {
        MapService service = new MapService(this, settings, InstantSource.fixed(NOW));
        presence = id -> service.onPatched(id, EnumSet.of(Part.ONLINE));
        return service;
    }

    MapService serve() {
        return serve(settings().withWindow(Duration.ZERO));
    }
}
