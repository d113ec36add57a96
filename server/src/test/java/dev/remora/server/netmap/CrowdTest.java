package dev.remora.server.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.engine.netmap.NodeId;
import dev.remora.server.model.Node;
import dev.remora.server.model.Report;
import dev.remora.server.netmap.MapCounts.Kind;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Five hundred nodes that all see each other: nothing is lost, and a change costs what it reaches.
class CrowdTest {
    private static final int NODES = 500;
    private static final int CHANGES = 20;

    private final TestTailnet tailnet = new TestTailnet(500);
    private final MapService service =
            tailnet.serve(TestTailnet.settings().withWindow(Duration.ofMillis(50)));
    private final List<Node> nodes = new ArrayList<>();
    private final List<TestClient> clients = new ArrayList<>();

    @Test
    void fiveHundredNodesStayInformed() {
        measured("join", this::join);
        for (TestClient client : clients) {
            client.awaitMap(map -> map.peers().size() == NODES - 1);
        }
        measured(CHANGES + " changes of endpoints", this::changes);
        measured("a policy that parts them in two", () -> policy(2));
        measured("a policy for all again", () -> policy(1));
        measured("everybody comes back at once", this::reconnect);
        report("idle");
        leave();
    }

    private void join() {
        for (int i = 0; i < NODES; i++) {
            Node node = tailnet.add(1 + i % 20);
            nodes.add(node);
            service.onNodeChanged(node.id());
            clients.add(polling(node));
        }
        for (TestClient client : clients) {
            client.awaitMap(map -> map.peers().size() == NODES - 1);
        }
    }

    private TestClient polling(Node node) {
        return TestClient.start(
                service, node, TestClient.poll(node, true), new TestClient(true, false));
    }

    private void changes() {
        long frames = service.counts().get(Kind.FRAMES);
        long patches = service.counts().get(Kind.PEERS_PATCHED);
        for (int i = 0; i < CHANGES; i++) {
            int relay = 900 + i;
            Node changed = nodes.get(i);
            tailnet.change(
                    changed.id(),
                    node -> node.withReport(
                            new Report(
                                    node.report().hostInfo(),
                                    node.report().endpoints(),
                                    relay,
                                    142)));
            service.onPatched(changed.id(), EnumSet.of(Part.HOME_DERP));
        }
        NodeId last = new NodeId(nodes.get(CHANGES - 1).id());
        for (int i = CHANGES; i < NODES; i++) {
            clients.get(i).awaitMap(map -> map.peers()
                    .get(last)
                    .flatMap(peer -> peer.homeDerp())
                    .filter(region -> region.value() == 900 + CHANGES - 1)
                    .isPresent());
        }
        assertThat(service.counts().get(Kind.FRAMES) - frames)
                .as("a frame for each viewer and change at the most")
                .isLessThanOrEqualTo((long) CHANGES * NODES + NODES);
        assertThat(service.counts().get(Kind.PEERS_PATCHED)).isGreaterThan(patches);
        assertThat(service.counts().get(Kind.FULL_MAPS)).as("nobody starts over").isEqualTo(NODES);
    }

    private void policy(int groups) {
        tailnet.relation(
                (one, other) -> one % groups == other % groups,
                TestTailnet.rules("100.64.0." + groups));
        service.onViewsChanged(tailnet.ids());
        for (TestClient client : clients) {
            client.awaitMap(map -> map.peers().size() == NODES / groups - 1
                    && map.filterRules().equals(TestTailnet.rules("100.64.0." + groups)));
        }
    }

    private void reconnect() {
        List<TestClient> before = List.copyOf(clients);
        clients.clear();
        nodes.forEach(node -> clients.add(polling(node)));
        for (TestClient client : clients) {
            client.awaitMap(map -> map.peers().size() == NODES - 1);
        }
        for (TestClient old : before) {
            assertThat(old).satisfies(
                    client -> assertThat(client.end()).isInstanceOf(TestClient.EndOfBody.class));
        }
        assertThat(service.counts().pollsOpen()).isEqualTo(NODES);
    }

    /// Nothing is left of those who have gone.
    private void leave() {
        clients.forEach(TestClient::hangUp);
        for (TestClient client : clients) {
            assertThat(client).satisfies(
                    gone -> assertThat(gone.end()).isInstanceOf(TestClient.EndOfBody.class));
        }
        assertThat(service.counts().pollsOpen()).isZero();
        assertThat(tailnet.openPolls()).isZero();
        assertThat(nodes).noneMatch(node -> service.isPolling(node.id()));
        service.close();
    }

    private void measured(String what, Runnable work) {
        long frames = service.counts().get(Kind.FRAMES);
        long bytes = service.counts().get(Kind.WIRE_BYTES);
        long cpu = cpuNanos();
        work.run();
        System.out.printf(
                "%s: %d frames, %d KB, %.2f s of CPU with all clients%n",
                what,
                service.counts().get(Kind.FRAMES) - frames,
                (service.counts().get(Kind.WIRE_BYTES) - bytes) / 1024,
                (cpuNanos() - cpu) / 1e9);
    }

    private void report(String what) {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        System.out.printf(
                "%s: %d MB of heap with all clients, changes waited %d ms (half), %d ms (99 %%)%n",
                what,
                (runtime.totalMemory() - runtime.freeMemory()) >> 20,
                service.counts().waitMillis(0.5),
                service.counts().waitMillis(0.99));
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
