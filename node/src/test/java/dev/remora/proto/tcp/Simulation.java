package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.SplittableRandom;

/// Two hosts, a path between them, one seed, virtual time. The invariants of a connection are checked at every step.
final class Simulation {
    private static final long APPLICATION_EVERY = 1_000_000;

    private final SimulatedLink toServer;
    private final SimulatedLink toClient;
    private final SimulatedHost client;
    private final SimulatedHost server;
    private final boolean careful;
    private Runnable watcher = () -> {};
    private long now;

    /// @param v4 family of the connection
    /// @param up what the client sends, in bytes
    /// @param down what the server sends
    /// @param chunks memory of each host
    /// @param moody probability that an application does not read when it could
    record Plan(
            boolean v4,
            TcpConfig config,
            SimulatedLink.Shape there,
            SimulatedLink.Shape back,
            long up,
            long down,
            double moody,
            int chunks,
            boolean careful) {}

    Simulation(Plan plan, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Flow flow = SegmentText.flow(plan.v4());
        toServer = new SimulatedLink(plan.there(), random.split());
        toClient = new SimulatedLink(plan.back(), random.split());
        client =
                new SimulatedHost(
                        flow.reversed(),
                        plan.config(),
                        toServer,
                        plan.up(),
                        plan.moody(),
                        plan.chunks(),
                        random.split());
        server =
                new SimulatedHost(
                        flow,
                        plan.config(),
                        toClient,
                        plan.down(),
                        plan.moody(),
                        plan.chunks(),
                        random.split());
        careful = plan.careful();
    }

    SimulatedHost client() {
        return client;
    }

    SimulatedHost server() {
        return server;
    }

    SimulatedLink toServer() {
        return toServer;
    }

    SimulatedLink toClient() {
        return toClient;
    }

    long now() {
        return now;
    }

    /// Looks on after every step.
    void watch(Runnable check) {
        watcher = check;
    }

    /// Runs until both connections are over, or `limit` is reached.
    void run(long limit) {
        client.connect();
        while (client.closed() == null || server.closed() == null) {
            long next = nextEvent();
            if (next > limit) {
                return;
            }
            now = Math.max(now, next);
            step();
        }
    }

    private long nextEvent() {
        long next = Math.min(toServer.nextAt(), toClient.nextAt());
        next = Math.min(next, Math.min(client.nextDeadline(), server.nextDeadline()));
        return client.hasStored() || server.hasStored()
                ? Math.min(next, now + APPLICATION_EVERY)
                : next;
    }

    private void step() {
        boolean idle = true;
        if (toServer.nextAt() <= now) {
            server.receive(toServer, now);
            idle = false;
        }
        if (toClient.nextAt() <= now) {
            client.receive(toClient, now);
            idle = false;
        }
        if (client.nextDeadline() <= now) {
            client.onTimer(now);
            idle = false;
        }
        if (server.nextDeadline() <= now) {
            server.onTimer(now);
            idle = false;
        }
        if (idle) {
            client.work();
            server.work();
        }
        watcher.run();
        if (careful) {
            client.checkCounters();
            server.checkCounters();
        }
    }

    static double megabits(long bytes, long nanos) {
        return bytes * 8.0 * SECONDS.toNanos(1) / nanos / 1e6;
    }
}
