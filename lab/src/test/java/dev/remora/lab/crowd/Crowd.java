package dev.remora.lab.crowd;

import dev.remora.crypto.MachineKey;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.LabException;
import dev.remora.proto.control.RegisterResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// The nodes of one tailnet, every other one of them bob's, the rest alice's.
public final class Crowd implements AutoCloseable {
    private static final List<String> USERS = List.of("alice", "bob");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// So many connect at the same time at most.
    private static final int AT_ONCE = 64;

    private final Map<String, String> authKeys = new HashMap<>();
    private final List<CrowdNode> nodes = new ArrayList<>();

    /// What is done for each node.
    private interface Deed {
        void to(CrowdNode node) throws IOException;
    }

    public Crowd(LoopbackControl control, int size) {
        USERS.forEach(user -> authKeys.put(user, control.authKey(user)));
        MachineKey server = control.key();
        for (int i = 0; i < size; i++) {
            String from = "127.1.%d.%d".formatted(i / 250, i % 250 + 1);
            CrowdNode node = new CrowdNode("n" + i, from, control.port(), server);
            node.belongTo(USERS.get(i % USERS.size()));
            nodes.add(node);
        }
    }

    public List<CrowdNode> nodes() {
        return List.copyOf(nodes);
    }

    /// How often a connection ended that no node had ended, and was made anew.
    public int retries() {
        return nodes.stream().mapToInt(CrowdNode::retries).sum();
    }

    public int size() {
        return nodes.size();
    }

    /// All register and poll, and know each other when this returns.
    public void join() {
        all(
                nodes,
                node -> {
                    RegisterResponse answer =
                            node.register(String.valueOf(authKeys.get(node.user())));
                    if (!answer.machineAuthorized()) {
                        throw new IOException("refused: " + answer.error());
                    }
                    node.poll();
                });
        awaitPeers(nodes, nodes.size() - 1);
    }

    /// All connect and poll again, and have their first map when this returns.
    public void reconnect() {
        all(
                nodes,
                node -> {
                    node.connect();
                    node.poll();
                });
        awaitPeers(nodes, nodes.size() - 1);
    }

    /// The last ones of the list connect once more, ask for their maps and read nothing from then on.
    ///
    /// @return those who do read
    public List<CrowdNode> stall(int howMany) {
        List<CrowdNode> stalled = nodes.subList(nodes.size() - howMany, nodes.size());
        all(
                stalled,
                node -> {
                    node.connect();
                    node.pollWithoutReading();
                });
        return nodes.subList(0, nodes.size() - howMany);
    }

    /// One node is at another port; returns when all of these know it.
    public void move(CrowdNode node, int port, List<CrowdNode> watching) {
        all(List.of(node), moving -> moving.moveTo(port));
        Await.until(
                "everybody to know the new port",
                PATIENCE,
                () -> watching.stream().allMatch(it -> it == node || it.finds(node, port)));
    }

    /// Waits until each of these has had its map and has this many peers.
    public void awaitPeers(List<CrowdNode> watching, int peers) {
        Await.until(
                "everybody to have " + peers + " peers",
                PATIENCE,
                () ->
                        watching.stream()
                                .allMatch(node -> node.isInformed() && node.peers() == peers));
    }

    private static void all(List<CrowdNode> nodes, Deed deed) {
        Semaphore free = new Semaphore(AT_ONCE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (CrowdNode node : nodes) {
                done.add(
                        threads.submit(() -> {
                            free.acquire();
                            try {
                                deed.to(node);
                            } finally {
                                free.release();
                            }
                            return null;
                        }));
            }
            for (Future<?> one : done) {
                one.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        } catch (ExecutionException e) {
            throw new LabException("a node of the crowd failed: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        nodes.forEach(CrowdNode::close);
    }
}
