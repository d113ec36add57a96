package dev.remora.server.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPrefix;
import dev.remora.engine.netmap.NetMap;
import dev.remora.proto.control.DnsConfig;
import dev.remora.server.model.Keys;
import dev.remora.server.model.Name;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.Report;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever happens in whatever order: who has been told of each change knows what a newcomer is told at once.
class ConvergenceTest {
    private static final int NODES = 12;
    private static final int STEPS = 40;
    private static final int ROUNDS = 3;
    private static final Instant NOW = TestTailnet.NOW;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void everybodyKnowsWhatANewcomerIsTold(long seed) throws Exception {
        World world = new World(seed);
        try (MapService service = world.service) {
            for (int round = 0; round < ROUNDS; round++) {
                for (int step = 0; step < STEPS; step++) {
                    world.step();
                }
                world.settle();
                world.compare();
            }
            assertThat(service.counts().pollsOpen()).isPositive();
        }
    }

    /// A tailnet to which things happen at random.
    private static final class World {
        private final SplittableRandom random;
        private final TestTailnet tailnet;
        private final MapService service;
        private final Map<Long, TestClient> clients = new TreeMap<>();
        private final Map<Long, Integer> pings = new HashMap<>();
        private final List<Runnable> changes =
                List.of(
                        this::join,
                        this::leave,
                        this::reconnect,
                        this::hangUp,
                        this::endpoints,
                        this::relay,
                        this::keys,
                        this::expiry,
                        this::name,
                        this::owner,
                        this::routes,
                        this::policy,
                        this::ability,
                        this::user,
                        this::dns,
                        this::relays);

        World(long seed) {
            random = new SplittableRandom(seed);
            tailnet = new TestTailnet(seed);
            service = tailnet.serve();
            for (int i = 0; i < NODES; i++) {
                join();
            }
        }

        void step() {
            changes.get(random.nextInt(changes.size())).run();
        }

        /// Each client has heard of all that happened before its ping.
        void settle() {
            clients.forEach((id, client) -> {
                CompletableFuture<byte[]> asked = service.ping(id, "", "", Duration.ofMinutes(5));
                assertThat(asked).isNotCompletedExceptionally();
                client.awaitPings(pings.merge(id, 1, Integer::sum));
            });
        }

        void compare() throws Exception {
            for (Map.Entry<Long, TestClient> each : clients.entrySet()) {
                Node node = tailnet.node(each.getKey()).orElseThrow();
                TestClient fresh = new TestClient(true);
                service.answer(node.keys().machine(), TestClient.look(node), fresh);
                assertSame(each.getValue().map(), fresh.map());
            }
        }

        private void assertSame(NetMap told, NetMap fresh) {
            assertThat(told.peers().all().stream().map(World::comparable).toList())
                    .isEqualTo(fresh.peers().all().stream().map(World::comparable).toList());
            assertThat(told.self()).isEqualTo(fresh.self());
            assertThat(told.filters()).isEqualTo(fresh.filters());
            assertThat(told.dns()).isEqualTo(fresh.dns());
            assertThat(told.derpMap()).isEqualTo(fresh.derpMap());
            assertThat(told.users()).containsAllEntriesOf(fresh.users());
        }

        /// When somebody was last online says something only while he is not.
        private static dev.remora.engine.netmap.Node comparable(
                dev.remora.engine.netmap.Node node) {
            return node.online().orElse(false) && node.lastSeen().isPresent()
                    ? new Online(node).node()
                    : node;
        }

        private @Nullable Node anybody() {
            List<Long> all = new ArrayList<>(tailnet.ids());
            return all.isEmpty()
                    ? null
                    : tailnet.node(all.get(random.nextInt(all.size()))).orElseThrow();
        }

        private void join() {
            Node node = tailnet.add(1 + random.nextInt(4));
            service.onViewsChanged(tailnet.ids());
            service.onNodeChanged(node.id());
            if (random.nextInt(3) > 0) {
                open(node);
            }
        }

        /// Who has a name that cannot be told gets no map at all.
        private void open(Node node) {
            if (!NodeWriter.nameFits(tailnet.fqdn(node))) {
                return;
            }
            TestClient client = TestClient.polling(service, node);
            client.awaitMessages(1);
            pings.remove(node.id());
            Optional.ofNullable(clients.put(node.id(), client)).ifPresent(World::awaitEnd);
        }

        private void leave() {
            Node node = anybody();
            if (node != null && tailnet.ids().size() > 3) {
                clients.remove(node.id());
                tailnet.delete(node.id());
                service.onRemoved(node.id());
            }
        }

        private void reconnect() {
            Optional.ofNullable(anybody()).ifPresent(this::open);
        }

        private void hangUp() {
            Node node = anybody();
            TestClient client = node == null ? null : clients.remove(node.id());
            if (client != null) {
                client.hangUp();
                awaitEnd(client);
            }
        }

        /// A poll is closed by its own thread, which then says that the node has gone.
        private static void awaitEnd(TestClient client) {
            try {
                assertThat(client.end()).isInstanceOf(TestClient.EndOfBody.class);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        private void report(List<String> endpoints, int relay, int version, EnumSet<Part> parts) {
            Node node = anybody();
            if (node == null) {
                return;
            }
            tailnet.change(
                    node.id(),
                    n ->
                            n.withReport(
                                    new Report(
                                            n.report().hostInfo(),
                                            endpoints.stream().map(TestTailnet::endpoint).toList(),
                                            relay,
                                            version)));
            service.onPatched(node.id(), parts);
            service.onSelfChanged(node.id());
        }

        private void endpoints() {
            List<String> addresses =
                    random.nextInt(4) == 0
                            ? List.of()
                            : List.of(
                                    "192.0.2." + random.nextInt(250) + ":41641", "[2001:db8::1]:1");
            report(addresses, 999, 142, everyReportedPart());
        }

        private void relay() {
            report(List.of(), random.nextInt(3), 140 + random.nextInt(3), everyReportedPart());
        }

        private static EnumSet<Part> everyReportedPart() {
            return EnumSet.of(Part.ENDPOINTS, Part.HOME_DERP, Part.CAP);
        }

        private void keys() {
            Node node = anybody();
            if (node != null) {
                tailnet.change(
                        node.id(),
                        n ->
                                n.withKeys(
                                        new Keys(
                                                n.keys().machine(),
                                                tailnet.nodeKey(),
                                                tailnet.disco())));
                service.onPatched(
                        node.id(),
                        random.nextBoolean()
                                ? EnumSet.of(Part.NODE_KEY, Part.DISCO_KEY)
                                : EnumSet.of(Part.NODE_KEY, Part.DISCO_KEY, Part.ONLINE));
                service.onSelfChanged(node.id());
            }
        }

        private void expiry() {
            Node node = anybody();
            if (node != null) {
                Optional<Instant> when =
                        switch (random.nextInt(3)) {
                            case 0 -> Optional.<Instant>empty();
                            case 1 -> Optional.of(NOW.minusSeconds(random.nextInt(1, 99)));
                            default -> Optional.of(NOW.plusSeconds(random.nextInt(1, 99)));
                        };
                tailnet.change(node.id(), n -> n.withMembership(n.membership().withExpiry(when)));
                service.onPatched(node.id(), EnumSet.of(Part.KEY_EXPIRY));
                service.onSelfChanged(node.id());
            }
        }

        private void name() {
            Node node = anybody();
            if (node != null) {
                String label = (random.nextInt(8) == 0 ? "bad " : "name") + random.nextInt();
                tailnet.change(
                        node.id(),
                        n ->
                                n.withName(
                                        new Name(
                                                label,
                                                clients.containsKey(n.id())
                                                        ? "name" + n.id()
                                                        : label,
                                                true)));
                service.onNodeChanged(node.id());
                service.onSelfChanged(node.id());
            }
        }

        private void owner() {
            Node node = anybody();
            if (node != null) {
                Owner owner =
                        random.nextBoolean()
                                ? new Owner.Tagged(new TreeSet<>(Set.of("tag:web")))
                                : new Owner.Person(
                                        node.owner() instanceof Owner.Person(var user)
                                                ? 1 + user % 4
                                                : 1);
                tailnet.change(node.id(), n -> n.withOwner(owner));
                service.onNodeChanged(node.id());
                service.onSelfChanged(node.id());
            }
        }

        private void routes() {
            Node node = anybody();
            if (node != null) {
                Set<IpPrefix> routes =
                        switch (random.nextInt(3)) {
                            case 0 -> Set.<IpPrefix>of();
                            case 1 ->
                                    Set.of(
                                            TestTailnet.prefix(
                                                    "192.168." + random.nextInt(9) + ".0/24"));
                            default ->
                                    Set.of(
                                            TestTailnet.prefix("0.0.0.0/0"),
                                            TestTailnet.prefix("::/0"));
                        };
                tailnet.change(node.id(), n -> n.withApprovedRoutes(routes));
                service.onNodeChanged(node.id());
                service.onSelfChanged(node.id());
            }
        }

        private void policy() {
            int shape = random.nextInt(1, 6);
            tailnet.routing((viewer, route) -> (viewer + route.bits()) % shape != 1);
            tailnet.relation(
                    (one, other) -> (one * 7 + other) % shape != 1,
                    random.nextInt(3) == 0 ? List.of() : TestTailnet.rules("100.64.0." + shape));
            service.onViewsChanged(tailnet.ids());
        }

        private void ability() {
            Node node = anybody();
            if (node != null) {
                tailnet.attributes(
                        node.id(),
                        random.nextBoolean()
                                ? Map.of()
                                : Map.of("suggest-exit-node", List.of(), "x", List.of()));
                service.onViewsChanged(Set.of(node.id()));
            }
        }

        private void user() {
            long user = 1 + random.nextInt(4);
            tailnet.user(user, "renamed" + random.nextInt());
            service.onUserChanged(user);
        }

        private void dns() {
            tailnet.dns(
                    new DnsConfig(
                            null,
                            null,
                            null,
                            List.of("corp" + random.nextInt(4)),
                            random.nextBoolean(),
                            null,
                            null,
                            null,
                            null));
            service.onDnsChanged();
        }

        private void relays() {
            tailnet.derpMap(TestTailnet.relays("10.77.0." + random.nextInt(9)));
            service.onDerpMapChanged();
        }
    }

    /// A node that is online, without the time at which it was so before.
    private record Online(dev.remora.engine.netmap.Node before) {
        dev.remora.engine.netmap.Node node() {
            return new dev.remora.engine.netmap.Node(
                    before.id(),
                    before.stableId(),
                    before.name(),
                    before.user(),
                    before.sharer(),
                    before.key(),
                    before.keyExpiry(),
                    before.keySignature(),
                    before.machine(),
                    before.discoKey(),
                    before.addresses(),
                    before.allowedIps(),
                    before.endpoints(),
                    before.homeDerp(),
                    before.hostInfo(),
                    before.created(),
                    before.capabilityVersion(),
                    before.tags(),
                    before.primaryRoutes(),
                    Optional.empty(),
                    before.online(),
                    before.machineAuthorized(),
                    before.capabilities(),
                    before.unsigned(),
                    before.endedByServer(),
                    before.expired(),
                    before.masqueradeV4(),
                    before.masqueradeV6(),
                    before.wireGuardOnly(),
                    before.jailed(),
                    before.exitNodeResolvers());
        }
    }
}
