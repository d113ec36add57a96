package dev.remora.io.udp;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.io.loop.Pollable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/// A UDP socket where there is no Linux: a plain NIO channel, one datagram at a time.
final class NioUdpSocket implements UdpSocket {
    private final DatagramChannel channel;
    private final int port;
    private final ByteBuffer receiveBuffer = ByteBuffer.allocateDirect(65_535);

    private NioUdpSocket(DatagramChannel channel) throws IOException {
        this.channel = channel;
        port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    static NioUdpSocket bind(IpAddress local, int port) throws IOException {
        DatagramChannel channel =
                DatagramChannel.open(
                        local.v4() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, WANTED_BUFFER);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, WANTED_BUFFER);
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(local.toBytes()), port));
            return new NioUdpSocket(channel);
        } catch (IOException e) {
            channel.close();
            throw new IOException("bind UDP " + new IpPort(local, port) + ": " + e.getMessage(), e);
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
        InetSocketAddress address =
                new InetSocketAddress(InetAddress.getByAddress(to.ip().toBytes()), to.port());
        int lost = 0;
        for (int at = datagrams.position(); at < datagrams.limit(); at += segmentSize) {
            int length = Math.min(segmentSize, datagrams.limit() - at);
            lost += channel.send(datagrams.slice(at, length), address) == 0 ? 1 : 0;
        }
        return lost;
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
