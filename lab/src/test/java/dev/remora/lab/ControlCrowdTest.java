package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.crowd.Crowd;
import dev.remora.lab.crowd.CrowdNode;
import dev.remora.lab.crowd.LoopbackRemora;
import dev.remora.lab.crowd.Tally;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Our control server as a process and five hundred nodes that speak with it over sockets, some of which do not read.
/// Prints what each step costs the server; `./bench --control` does the same beside headscale.
@Tag("host")
@ExtendWith(LabExtension.class)
class ControlCrowdTest {
    private static final int NODES = 500;
    private static final int STALLED = NODES / 10;
    private static final int READING = NODES - STALLED;
    private static final int PORT = 50_000;
    private static final long MOST_BYTES = 500_000_000;
    private static final String ALL =
            "{\"acls\":[{\"action\":\"accept\",\"src\":[\"*\"],\"dst\":[\"*:*\"]}]}";
    private static final String ALICE =
            "{\"acls\":[{\"action\":\"accept\",\"src\":[\"alice@\"],\"dst\":[\"alice@:*\"]}]}";

    @Test
    void allAreToldOfEverythingAndATenthThatDoesNotReadHoldsUpNobody(Lab lab) {
        LoopbackRemora control = LoopbackRemora.start(lab);
        Tally tally = new Tally(control);
        try (Crowd crowd = new Crowd(control, NODES)) {
            List<CrowdNode> all = crowd.nodes();
            tally.of("all join", crowd::join);
            tally.of("a node moves", () -> crowd.move(all.getFirst(), PORT, all));
            tally.of("all leave and come back", crowd::reconnect);
            assertThat(crowd.retries()).as("nobody has to come again").isZero();

            tally.of("kill -9 and start", () -> restart(control));
            tally.of("all come back", crowd::reconnect);
            List<CrowdNode> reading = crowd.stall(STALLED);
            tally.of("a policy parts them, the next does not", () -> flip(control, crowd, reading));
            tally.of("a node moves", () -> crowd.move(reading.getLast(), PORT + 1, reading));
            assertThat(control.process().residentBytes()).isLessThan(MOST_BYTES);
            assertThat(control.process().log()).doesNotContain("ERROR", "Exception");
        }
    }

    private static void restart(LoopbackRemora control) {
        control.kill();
        control.start();
    }

    /// Half of all nodes, and of those who read, are alice's.
    private static void flip(LoopbackRemora control, Crowd crowd, List<CrowdNode> reading) {
        List<CrowdNode> alices =
                reading.stream().filter(node -> node.user().equals("alice")).toList();
        control.policy(ALICE);
        crowd.awaitPeers(alices, NODES / 2 - 1);
        control.policy(ALL);
        crowd.awaitPeers(reading, NODES - 1);
        assertThat(reading).hasSize(READING);
    }
}
