package dev.remora;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tests with nodes of this JVM in the tailnet of a real headscale 0.29.0, used as a library user would. Nodes and threads end with their test.
@Tag("host")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
abstract class NodesOnATailnet {
    @TempDir static Path folder;

    static TestTailnet tailnet;

    final List<RemoraNode> nodes = new ArrayList<>();
    ExecutorService threads;

    @BeforeAll
    static void startControl() throws Exception {
        tailnet = TestTailnet.start(folder);
    }

    @AfterAll
    static void stopControl() throws Exception {
        if (tailnet != null) {
            tailnet.close();
            tailnet = null;
        }
    }

    @BeforeEach
    void startThreads() {
        threads = Executors.newVirtualThreadPerTaskExecutor();
    }

    @AfterEach
    void closeNodes() {
        nodes.forEach(RemoraNode::close);
        threads.shutdownNow();
    }

    RemoraNode join(String hostname) throws Exception {
        return join(tailnet.newcomer(hostname)).getFirst();
    }

    /// All at once: each waits seconds for headscale.
    List<RemoraNode> join(RemoraNode.Builder... newcomers) throws Exception {
        List<RemoraNode> joined = new ArrayList<>();
        List<Future<?>> joining = new ArrayList<>();
        for (RemoraNode.Builder newcomer : newcomers) {
            RemoraNode node = newcomer.build();
            joined.add(node);
            nodes.add(node);
            joining.add(
                    threads.submit(() -> {
                        node.up(TestTailnet.SOON);
                        return true;
                    }));
        }
        for (Future<?> each : joining) {
            each.get();
        }
        return joined;
    }
}
