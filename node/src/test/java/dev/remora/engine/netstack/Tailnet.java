package dev.remora.engine.netstack;

import dev.remora.base.Bytes32;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.ip.IpPacket;
import dev.remora.testing.Packets;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;

/// Two stacks with a link each way, and virtual time.
final class Tailnet {
    static final IpAddress SERVER = Packets.ip("100.64.0.1");
    static final IpAddress SERVER_V6 = Packets.ip("fd7a:115c:a1e0::1");
    static final IpAddress CLIENT = Packets.ip("100.64.0.2");
    static final IpAddress CLIENT_V6 = Packets.ip("fd7a:115c:a1e0::2");
    static final NodeKey SERVER_KEY = new NodeKey(new Bytes32(1, 1, 1, 1));
    static final NodeKey CLIENT_KEY = new NodeKey(new Bytes32(2, 2, 2, 2));

    final NetStack server;
    final NetStack client;
    private final Link toServer;
    private final Link toClient;
    private Runnable invariant = () -> {};
    long now;

    Tailnet(long seed, Link.Model model, NetStackConfig config) {
        Random random = new Random(seed);
        toServer = new Link(model, random);
        toClient = new Link(model, random);
        server = new NetStack(config, random, toClient);
        client = new NetStack(config, random, toServer);
        server.onAddresses(List.of(SERVER, SERVER_V6), 0);
        client.onAddresses(List.of(CLIENT, CLIENT_V6), 0);
    }

    /// To be checked after every step.
    void always(Runnable check) {
        invariant = check;
    }

    void serve(int port, TcpListener.Handler handler) {
        server.listen(Optional.empty(), port, handler).orElseThrow();
    }

    TcpStream connect(int port, StreamHandler handler) {
        return connect(SERVER, port, handler);
    }

    TcpStream connect(IpAddress server, int port, StreamHandler handler) {
        return client.connect(new IpPort(server, port), SERVER_KEY, handler, now).orElseThrow();
    }

    /// Runs until a condition holds or a time has come; says whether it holds.
    boolean run(long until, BooleanSupplier done) {
        endOfBatch();
        while (!done.getAsBoolean()) {
            long next = Math.min(toServer.nextArrival(), toClient.nextArrival());
            next = Math.min(next, Math.min(server.nextDeadline(), client.nextDeadline()));
            if (next > until) {
                now = until;
                return done.getAsBoolean();
            }
            now = Math.max(now, next);
            step();
        }
        return true;
    }

    private void step() {
        toServer.now(now);
        toClient.now(now);
        give(server, toServer, CLIENT_KEY);
        give(client, toClient, SERVER_KEY);
        if (server.nextDeadline() <= now) {
            server.onTimer(now);
        }
        if (client.nextDeadline() <= now) {
            client.onTimer(now);
        }
        endOfBatch();
        invariant.run();
    }

    private void give(NetStack stack, Link link, NodeKey from) {
        for (ByteBuffer bytes : link.arrived(now)) {
            try {
                stack.onPacket(IpPacket.of(bytes), from, now);
            } catch (MalformedException corrupted) {
                continue; // as the data plane does
            }
        }
    }

    private void endOfBatch() {
        toServer.now(now);
        toClient.now(now);
        server.endOfBatch(now);
        client.endOfBatch(now);
    }
}
