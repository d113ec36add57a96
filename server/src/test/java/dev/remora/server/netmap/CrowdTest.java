package dev.remora.server.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
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
    private static final int WAVE = 250;
    private static final int CHANGES = 20;
    private static final Duration LONG = Duration.ofMinutes(10);

    private final TestTailnet tailnet = new TestTailnet(500);
    private final MapService service =
            tailnet.serve(TestTailnet.settings().withWindow(Duration.ofMillis(50)));
    private final List<Node> nodes = new ArrayList<>();
    private List<Member> members = new ArrayList<>();

    @Test
    void fiveHundredNodesStayInformed() throws Exception {
        long before = heap();
        measured("500 nodes join, half of them at a time", this::join);
        measured(CHANGES + " nodes change their relay", () -> changes(900));
        measured("a policy parts them in two", () -> policy(2));
        measured("a policy joins them again", () -> policy(1));
        measured("all come back at once", this::reconnect);
        members.forEach(member -> member.reads(false));
        measured("server alone: " + CHANGES + " changes", () -> unread(900 + CHANGES));
        System.out.printf(
                "%d MB of heap more, clients included; changes waited %d ms (half), %d ms (99 %%)%n",
                heap() - before >> 20,
                service.counts().waitMillis(0.5),
                service.counts().waitMillis(0.99));
        leave();
    }

    private void join() {
        for (int wave = 0; wave < NODES / WAVE; wave++) {
            List<Node> joining = new ArrayList<>();
            for (int i = 0; i < WAVE; i++) {
                joining.add(tailnet.add(1 + i % 20));
            }
            nodes.addAll(joining);
            joining.forEach(node -> service.onNodeChanged(node.id()));
            joining.forEach(node -> members.add(Member.polling(service, node)));
        }
        members.forEach(member -> member.await(() -> member.peers().size() == NODES - 1));
    }

    private void changes(int firstRelay) {
        long frames = service.counts().get(Kind.FRAMES);
        change(firstRelay);
        long last = nodes.get(CHANGES - 1).id();
        long region = firstRelay + CHANGES - 1;
        members.stream()
                .skip(CHANGES)
                .forEach(member -> member.await(() -> member.peers().get(last) == region));
        assertThat(service.counts().get(Kind.FRAMES) - frames)
                .as("one frame for each viewer and change at the most")
                .isLessThanOrEqualTo((long) CHANGES * NODES);
        assertThat(service.counts().get(Kind.FULL_MAPS)).as("nobody starts over").isEqualTo(NODES);
    }

    private void change(int firstRelay) {
        for (int i = 0; i < CHANGES; i++) {
            int relay = firstRelay + i;
            Node changed = nodes.get(i);
            tailnet.change(
                    changed.id(),
                    node ->
                            node.withReport(
                                    new Report(
                                            node.report().hostInfo(),
                                            node.report().endpoints(),
                                            relay,
                                            142)));
            service.onPatched(changed.id(), EnumSet.of(Part.HOME_DERP));
        }
    }

    private void policy(int groups) {
        tailnet.relation(
                (one, other) -> one % groups == other % groups,
                TestTailnet.rules("100.64.0." + groups));
        service.onViewsChanged(tailnet.ids());
        members.forEach(member ->
                member.await(() ->
                        member.peers().size() == NODES / groups - 1
                                && member.filter()
                                        .equals(TestTailnet.rules("100.64.0." + groups))));
    }

    private void reconnect() {
        List<Member> before = members;
        members = new ArrayList<>();
        nodes.forEach(node -> members.add(Member.polling(service, node)));
        members.forEach(member -> member.await(() -> member.peers().size() == NODES - 1));
        before.forEach(old -> old.await(old::hasEnded));
        assertThat(service.counts().pollsOpen()).isEqualTo(NODES);
        assertThat(service.counts().get(Kind.FULL_MAPS)).isEqualTo(2 * NODES);
    }

    /// Clients that only count cost nothing; the ping behind the changes says that they have come.
    private void unread(int firstRelay) {
        change(firstRelay);
        nodes.forEach(node -> assertThat(service.ping(node.id(), "", "", LONG)).isNotDone());
        members.forEach(member -> member.await(member::isPinged));
    }

    /// Nothing is left of those who have gone.
    private void leave() {
        members.forEach(Member::hangUp);
        members.forEach(member -> member.await(member::hasEnded));
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
                "%s: %d frames, %d KB, %.2f s of CPU%n",
                what,
                service.counts().get(Kind.FRAMES) - frames,
                (service.counts().get(Kind.WIRE_BYTES) - bytes) / 1024,
                (cpuNanos() - cpu) / 1e9);
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
