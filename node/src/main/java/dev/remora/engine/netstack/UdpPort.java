package dev.remora.engine.netstack;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A UDP port of ours: on one address, or on all of them. Received datagrams go to its [UdpHandler] at once.
public final class UdpPort {
    /// The largest payload a datagram can have, in fragments.
    public static final int MOST_PAYLOAD = 0xffff - 20 - 8;

    private final UdpStack stack;
    private final Optional<IpAddress> ip;
    private final int port;
    private final UdpHandler handler;

    UdpPort(UdpStack stack, Optional<IpAddress> ip, int port, UdpHandler handler) {
        this.stack = stack;
        this.ip = ip;
        this.port = port;
        this.handler = handler;
    }

    /// The address it is bound to, empty if to all.
    public Optional<IpAddress> ip() {
        return ip;
    }

    public int port() {
        return port;
    }

    UdpHandler handler() {
        return handler;
    }

    /// Sends a datagram from one of our addresses; an answer should come from the address that was asked. A payload that does not
    /// fit one packet goes in fragments; one above [#MOST_PAYLOAD] cannot be sent and is an error of the caller.
    public void send(IpAddress from, IpPort to, ByteBuffer payload) {
        if (payload.remaining() > MOST_PAYLOAD) {
            throw new IllegalArgumentException("no datagram has " + payload.remaining() + " bytes");
        }
        stack.send(this, from, to, payload);
    }

    public void close() {
        stack.close(this);
    }
}
