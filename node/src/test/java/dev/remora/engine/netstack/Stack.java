package dev.remora.engine.netstack;

import dev.remora.base.Bytes32;
import dev.remora.base.IpAddress;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.tcp.TcpEvent;
import dev.remora.testing.Packets;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// One stack with hand-made packets for a peer.
final class Stack implements TcpListener.Handler, StreamHandler {
    static final IpAddress OWN = Packets.ip("100.64.0.1");
    static final IpAddress OWN_V6 = Packets.ip("fd7a:115c:a1e0::1");
    static final IpAddress PEER = Packets.ip("100.64.0.2");
    static final IpAddress PEER_V6 = Packets.ip("fd7a:115c:a1e0::2");
    static final NodeKey PEER_KEY = new NodeKey(new Bytes32(7, 7, 7, 7));

    final Packets out = new Packets();
    final NetStack stack;
    final List<ConnectRequest> requests = new ArrayList<>();
    final List<ConnectRequest> cancelled = new ArrayList<>();
    final List<TcpEvent> events = new ArrayList<>();
    final ByteArrayOutputStream received = new ByteArrayOutputStream();
    long now;

    Stack() {
        this(NetStackConfig.defaults());
    }

    Stack(NetStackConfig config) {
        stack = new NetStack(config, new Random(1), out);
        stack.onAddresses(List.of(OWN, OWN_V6), 0);
    }

    TcpListener listen(int port) {
        return stack.listen(Optional.empty(), port, this).orElseThrow();
    }

    /// Gives one packet as a batch, and takes what the stack sent.
    List<IpPacket> give(IpPacket packet) {
        return give(packet, PEER_KEY);
    }

    List<IpPacket> give(IpPacket packet, NodeKey from) {
        stack.onPacket(packet, from, now);
        return flush();
    }

    List<IpPacket> flush() {
        stack.endOfBatch(now);
        return out.take().stream().map(Packets::packet).toList();
    }

    /// Runs all timers up to a time, and takes what the stack sent.
    List<IpPacket> runUntil(long time) {
        while (stack.nextDeadline() <= time) {
            now = Math.max(now, stack.nextDeadline());
            stack.onTimer(now);
        }
        now = time;
        return flush();
    }

    long drops(Drop reason) {
        return stack.stats().drops().getOrDefault(reason, 0L);
    }

    @Override
    public void onRequest(ConnectRequest request) {
        requests.add(request);
    }

    @Override
    public void onCancelled(ConnectRequest request) {
        cancelled.add(request);
    }

    @Override
    public void onPayload(TcpStream stream, ByteBuffer payload) {
        while (payload.hasRemaining()) {
            received.write(payload.get());
        }
    }

    @Override
    public void onEvent(TcpStream stream, TcpEvent event) {
        events.add(event);
        if (event instanceof TcpEvent.Readable) {
            stream.resume(now);
        }
    }
}
