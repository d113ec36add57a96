package dev.remora.io.udp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.io.loop.Pollable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A UDP socket through `recvmsg` and `sendmsg` with generic receive and segmentation offload.
///
///     struct msghdr  0 name | 8 namelen u32 | 16 iov | 24 iovlen | 32 control | 40 controllen | 48 flags i32   (56 bytes)
///     struct iovec   0 base | 8 len
///     struct cmsghdr 0 len u64 | 8 level i32 | 12 type i32 | 16 data
final class LinuxUdpSocket implements UdpSocket {
    private static final int MSGHDR = 56;
    private static final int CMSGHDR = 16;
    private static final int CONTROL = 48;
    private static final int SEGMENT_CMSG_LENGTH = CMSGHDR + Short.BYTES;
    private static final int SEGMENT_CMSG_SPACE = 24;

    /// The largest UDP payload; a GRO buffer never exceeds it.
    private static final int RECEIVE_BUFFER = 65_535;

    /// The kernel's UDP_MAX_SEGMENTS of old; newer ones allow 128.
    private static final int MAX_SEGMENTS = 64;

    /// The largest payload of one IPv4 datagram; a segmented run counts as one.
    private static final int MAX_RUN = 65_507;

    private final LibC libc;
    private final int fd;
    private final boolean v4;
    private final int port;
    private boolean closed;
    private boolean segmentation = true;

    private final ByteBuffer receiveBuffer;
    private final SocketAddress source;
    private final MemorySegment receiveMessage;
    private final MemorySegment receiveControl;

    private final SocketAddress destination;
    private final MemorySegment sendMessage;
    private final MemorySegment sendVector;
    private final MemorySegment sendControl;

    private LinuxUdpSocket(LibC libc, int fd, boolean v4, int port, Arena arena) {
        this.libc = libc;
        this.fd = fd;
        this.v4 = v4;
        this.port = port;
        MemorySegment data = arena.allocate(RECEIVE_BUFFER, 64);
        receiveBuffer = data.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
        MemorySegment sourceMemory = arena.allocate(SocketAddress.length(v4), 8);
        source = new SocketAddress(sourceMemory, v4);
        receiveControl = arena.allocate(CONTROL, 8);
        receiveMessage = message(arena, sourceMemory, vector(arena, data), receiveControl);
        MemorySegment destinationMemory = arena.allocate(SocketAddress.length(v4), 8);
        destination = new SocketAddress(destinationMemory, v4);
        sendVector = vector(arena, MemorySegment.NULL);
        sendControl = segmentControl(arena);
        sendMessage = message(arena, destinationMemory, sendVector, sendControl);
    }

    static LinuxUdpSocket bind(IpAddress local, int port) throws IOException {
        Arena arena = Arena.ofAuto();
        LibC libc = new LibC(arena);
        int fd =
                libc.socket(
                        local.v4() ? LibC.AF_INET : LibC.AF_INET6,
                        LibC.SOCK_DGRAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC);
        if (fd < 0) {
            throw LibC.failed("open a UDP socket", fd);
        }
        try {
            int bound = configureAndBind(libc, fd, arena, local, port);
            return new LinuxUdpSocket(libc, fd, local.v4(), bound, arena);
        } catch (IOException e) {
            libc.close(fd);
            throw e;
        }
    }

    private static int configureAndBind(LibC libc, int fd, Arena arena, IpAddress local, int port)
            throws IOException {
        if (!local.v4()) {
            libc.setsockopt(fd, LibC.IPPROTO_IPV6, LibC.IPV6_V6ONLY, 1);
        }
        growBuffer(libc, fd, LibC.SO_RCVBUFFORCE, LibC.SO_RCVBUF);
        growBuffer(libc, fd, LibC.SO_SNDBUFFORCE, LibC.SO_SNDBUF);
        libc.setsockopt(fd, LibC.SOL_UDP, LibC.UDP_GRO, 1);
        MemorySegment memory = arena.allocate(SocketAddress.length(local.v4()), 8);
        SocketAddress address = new SocketAddress(memory, local.v4());
        address.set(new IpPort(local, port));
        int bound = libc.bind(fd, memory);
        if (bound < 0) {
            throw LibC.failed("bind UDP " + new IpPort(local, port), bound);
        }
        libc.getsockname(fd, memory, arena.allocateFrom(JAVA_INT, (int) memory.byteSize()));
        return Short.toUnsignedInt(memory.asByteBuffer().order(ByteOrder.BIG_ENDIAN).getShort(2));
    }

    /// Beyond the system's limit only root may go; everybody else gets the limit.
    private static void growBuffer(LibC libc, int fd, int force, int ordinary) {
        if (libc.setsockopt(fd, LibC.SOL_SOCKET, force, WANTED_BUFFER) < 0) {
            libc.setsockopt(fd, LibC.SOL_SOCKET, ordinary, WANTED_BUFFER);
        }
    }

    private static MemorySegment vector(Arena arena, MemorySegment data) {
        MemorySegment vector = arena.allocate(16, 8);
        vector.set(ADDRESS, 0, data);
        vector.set(JAVA_LONG, 8, data.byteSize());
        return vector;
    }

    private static MemorySegment segmentControl(Arena arena) {
        MemorySegment control = arena.allocate(SEGMENT_CMSG_SPACE, 8);
        control.set(JAVA_LONG, 0, SEGMENT_CMSG_LENGTH);
        control.set(JAVA_INT, 8, LibC.SOL_UDP);
        control.set(JAVA_INT, 12, LibC.UDP_SEGMENT);
        return control;
    }

    private static MemorySegment message(
            Arena arena, MemorySegment name, MemorySegment vector, MemorySegment control) {
        MemorySegment message = arena.allocate(MSGHDR, 8);
        message.set(ADDRESS, 0, name);
        message.set(JAVA_INT, 8, (int) name.byteSize());
        message.set(ADDRESS, 16, vector);
        message.set(JAVA_LONG, 24, 1);
        message.set(ADDRESS, 32, control);
        message.set(JAVA_LONG, 40, control.byteSize());
        return message;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Pollable pollable() {
        return new Pollable.Descriptor(fd);
    }

    @Override
    public boolean receive(Receiver receiver) throws IOException {
        receiveMessage.set(JAVA_INT, 8, SocketAddress.length(v4));
        receiveMessage.set(JAVA_LONG, 40, CONTROL);
        int length = libc.recvmsg(fd, receiveMessage);
        if (length < 0) {
            return retryLater("receive UDP", length);
        }
        if (length > 0) {
            receiver.onDatagrams(
                    source.get(), receiveBuffer.clear().limit(length), segmentSize(length));
        }
        return true;
    }

    /// An ICMP error of an earlier send may surface here; it says nothing about what is still to be read.
    private static boolean retryLater(String call, int result) throws IOException {
        if (result == -LibC.EAGAIN) {
            return false;
        }
        if (result == -LibC.EINTR || result == -LibC.ECONNREFUSED) {
            return true;
        }
        throw LibC.failed(call, result);
    }

    /// What `UDP_GRO` reports (an int32); without a report the buffer is one datagram.
    private int segmentSize(int length) {
        boolean reported =
                receiveMessage.get(JAVA_LONG, 40) >= CMSGHDR + Integer.BYTES
                        && receiveControl.get(JAVA_INT, 8) == LibC.SOL_UDP
                        && receiveControl.get(JAVA_INT, 12) == LibC.UDP_GRO;
        int size = reported ? receiveControl.get(JAVA_INT, CMSGHDR) : length;
        return size > 0 ? size : length;
    }

    @Override
    public int send(IpPort to, ByteBuffer datagrams, int segmentSize) throws IOException {
        destination.set(to);
        MemorySegment data = MemorySegment.ofBuffer(datagrams);
        int lost = 0;
        int perCall = segmentation ? Math.clamp(MAX_RUN / segmentSize, 1, MAX_SEGMENTS) : 1;
        long step = (long) perCall * segmentSize;
        for (long at = 0; at < data.byteSize(); at += step) {
            lost += sendRun(data.asSlice(at, Math.min(step, data.byteSize() - at)), segmentSize);
        }
        return lost;
    }

    private int sendRun(MemorySegment run, int segmentSize) throws IOException {
        boolean several = run.byteSize() > segmentSize;
        sendVector.set(ADDRESS, 0, run);
        sendVector.set(JAVA_LONG, 8, run.byteSize());
        sendMessage.set(JAVA_LONG, 40, several ? SEGMENT_CMSG_SPACE : 0);
        if (several) {
            sendControl.set(JAVA_SHORT, CMSGHDR, (short) segmentSize);
        }
        int result = libc.sendmsg(fd, sendMessage);
        while (result == -LibC.EINTR || result == -LibC.ECONNREFUSED) {
            result = libc.sendmsg(fd, sendMessage);
        }
        if (result >= 0) {
            return 0;
        }
        int count = (int) ((run.byteSize() + segmentSize - 1) / segmentSize);
        return switch (-result) {
            case LibC.EAGAIN, LibC.ENOBUFS, LibC.EPERM -> count;
            case LibC.EIO, LibC.EINVAL, LibC.EMSGSIZE ->
                    several ? sendOneByOne(run, segmentSize, -result) : count;
            default -> throw LibC.failed("send UDP", result);
        };
    }

    /// EIO: the device cannot segment, which will not change. EINVAL, EMSGSIZE: this size does not fit the device's MTU in one piece; single
    /// datagrams may be fragmented.
    private int sendOneByOne(MemorySegment run, int segmentSize, int errno) throws IOException {
        segmentation &= errno != LibC.EIO;
        int lost = 0;
        for (long at = 0; at < run.byteSize(); at += segmentSize) {
            lost +=
                    sendRun(
                            run.asSlice(at, Math.min(segmentSize, run.byteSize() - at)),
                            segmentSize);
        }
        return lost;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            libc.close(fd);
        }
    }
}
