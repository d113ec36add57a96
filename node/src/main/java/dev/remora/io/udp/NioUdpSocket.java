package dev.remora.io.udp;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.io.loop.JdkAddresses;
import dev.remora.io.loop.Pollable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A UDP socket where there is no Linux: a plain NIO channel, one datagram at a time. The JDK makes IPv6 sockets that take IPv4 packets, too, so both
/// families cannot have the same port.
final class NioUdpSocket implements UdpSocket {
    private static final Logger LOG = LoggerFactory.getLogger(NioUdpSocket.class);

    private final DatagramChannel channel;
    private final int port;
    private final ByteBuffer receiveBuffer = ByteBuffer.allocateDirect(65_535);

    private NioUdpSocket(DatagramChannel channel) throws IOException {
        this.channel = channel;
        port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    static NioUdpSocket bind(IpAddress local, int port) throws IOException {
        DatagramChannel channel = open(local);
        try {
            channel.configureBlocking(false);
            growBuffer(channel, StandardSocketOptions.SO_RCVBUF);
            growBuffer(channel, StandardSocketOptions.SO_SNDBUF);
            channel.bind(JdkAddresses.of(new IpPort(local, port)));
            return new NioUdpSocket(channel);
        } catch (IOException e) {
            channel.close();
            throw new IOException("bind UDP " + new IpPort(local, port) + ": " + e.getMessage(), e);
        }
    }

    private static DatagramChannel open(IpAddress local) throws IOException {
        try {
            return DatagramChannel.open(
                    local.v4() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        } catch (UnsupportedOperationException e) { // a machine without this family
            throw new IOException(e.getMessage(), e);
        }
    }

    /// Systems differ in whether they cut or refuse what is more than their limit.
    private static void growBuffer(DatagramChannel channel, SocketOption<Integer> which) {
        for (int size = WANTED_BUFFER; size > 1 << 16; size /= 2) {
            try {
                channel.setOption(which, size);
                return;
            } catch (IOException e) {
                LOG.debug("{} of {}: {}", which, size, e.getMessage());
            }
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Pollable pollable() {
        return new Pollable.Selectable(channel);
    }

    @Override
    public boolean receive(Receiver receiver) throws IOException {
        InetSocketAddress from;
        try {
            from = (InetSocketAddress) channel.receive(receiveBuffer.clear());
        } catch (PortUnreachableException e) {
            return true;
        }
        if (from == null) {
            return false;
        }
        receiveBuffer.flip();
        if (receiveBuffer.hasRemaining()) {
            IpAddress ip = IpAddress.of(from.getAddress().getAddress());
            receiver.onDatagrams(
                    new IpPort(ip, from.getPort()), receiveBuffer, receiveBuffer.limit());
        }
        return true;
    }

    @Override
    public int send(IpPort to, ByteBuffer datagrams, int segmentSize) throws IOException {
        InetSocketAddress address = JdkAddresses.of(to);
        int lost = 0;
        for (int at = datagrams.position(); at < datagrams.limit(); at += segmentSize) {
            int length = Math.min(segmentSize, datagrams.limit() - at);
            lost += send(datagrams.slice(at, length), address);
        }
        return lost;
    }

    /// The JDK has one exception for all that may be wrong with a destination.
    private int send(ByteBuffer datagram, InetSocketAddress to) throws IOException {
        try {
            return channel.send(datagram, to) == 0 ? 1 : 0;
        } catch (PortUnreachableException e) {
            return 0; // about an earlier one
        } catch (SocketException e) {
            NoRouteToHostException unreachable = new NoRouteToHostException(e.getMessage());
            unreachable.initCause(e);
            throw unreachable;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("close a UDP socket", e);
        }
    }
}
