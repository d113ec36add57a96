package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.crowd.Crowd;
import dev.remora.lab.crowd.CrowdNode;
import dev.remora.lab.crowd.LoopbackRemora;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Our control server as a process and a hundred nodes that speak with it over sockets, some of which do not read.
/// `./bench --control` does the same with more of them, and says what it costs.
@Tag("host")
@ExtendWith(LabExtension.class)
class ControlCrowdTest {
    private static final int NODES = 100;
    private static final int STALLED = NODES / 10;
    private static final int READING = NODES - STALLED;
    private static final int PORT = 50_000;
    private static final long MOST_BYTES = 400_000_000;
    private static final String ALL =
            "{\"acls\":[{\"action\":\"accept\",\"src\":[\"*\"],\"dst\":[\"*:*\"]}]}";
    private static final String ALICE =
            "{\"acls\":[{\"action\":\"accept\",\"src\":[\"alice@\"],\"dst\":[\"alice@:*\"]}]}";

    @Test
    void allAreToldOfEverythingAndATenthThatDoesNotReadHoldsUpNobody(Lab lab) {
        LoopbackRemora control = LoopbackRemora.start(lab);
        try (Crowd crowd = new Crowd(control, NODES)) {
            crowd.join();
            assertThat(crowd.retries()).as("nobody has to come again").isZero();
            List<CrowdNode> reading = crowd.stall(STALLED);
            crowd.move(reading.getFirst(), PORT, reading);

            control.kill();
            control.start();
            crowd.reconnect();
            reading = crowd.stall(STALLED);
            flip(control, crowd, reading);
            crowd.move(reading.getLast(), PORT + 1, reading);
            assertThat(control.process().residentBytes()).isLessThan(MOST_BYTES);
            assertThat(control.process().log()).doesNotContain("ERROR", "Exception");
        }
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
