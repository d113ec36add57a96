package dev.remora.io.udp;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.Pollable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// One non-blocking UDP socket of one address family, used by one thread.
public sealed interface UdpSocket extends AutoCloseable permits LinuxUdpSocket, NioUdpSocket {
    /// What the kernel is asked for in each direction, in bytes; it may grant less.
    int WANTED_BUFFER = 7 << 20;

    /// Binds a socket of the best kind that `loop` can watch; port 0 lets the kernel choose.
    static UdpSocket open(EngineLoop loop, IpAddress local, int port) throws IOException {
        return loop.watchesDescriptors() && LibC.isAvailable()
                ? LinuxUdpSocket.bind(local, port)
                : NioUdpSocket.bind(local, port);
    }

    int port();

    /// Reads what one system call yields and hands it over before returning. False: nothing was there.
    boolean receive(Receiver receiver) throws IOException;

    /// Sends one or more datagrams of `segmentSize` bytes that stand one behind the other in `datagrams` (a direct buffer; the last may be
    /// shorter) to one destination. Position and limit stay as they are.
    ///
    /// @return how many datagrams the kernel did not take because its buffer is full or a local firewall forbids them
    int send(IpPort to, ByteBuffer datagrams, int segmentSize) throws IOException;

    /// How the loop learns of incoming datagrams.
    Pollable pollable();

    @Override
    void close();

    /// Takes datagrams of one source; the buffer is valid during the call.
    interface Receiver {
        /// @param segmentSize bytes of each datagram in `datagrams`; the last may be shorter
        void onDatagrams(IpPort from, ByteBuffer datagrams, int segmentSize) throws IOException;
    }
}
