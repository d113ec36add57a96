package dev.remora.lab.net;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;

/// Every Ethernet frame of one interface, by packet(7). Each frame is led by a `virtio_net_hdr` that says which
/// checksum is still to be filled in; a frame sent with the header it came with loses nothing.
@SuppressWarnings("restricted") // the lab may call the C library
final class PacketSocket {
    static final int MAX_FRAME = 2048; // an MTU of 1500 with both headers
    static final int VNET_HEADER = 10;

    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final short ETH_P_ALL = 3;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int SOCKADDR_LL = 20;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int BUFFER = 32 << 20;
    private static final int POLLFD = 8;
    private static final short POLLIN = 1;
    private static final long SECOND = 1_000_000_000L;

    private static final MethodHandle SOCKET = call("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = call("bind", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle IF_NAMETOINDEX = call("if_nametoindex", ADDRESS);
    private static final MethodHandle RECV = call("recv", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SEND = call("send", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle PPOLL = call("ppoll", ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);

    private final int fd;

    /// Opens a socket on `device`.
    PacketSocket(String device) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int index = (int) IF_NAMETOINDEX.invokeExact(arena.allocateFrom(device));
            fd = (int) SOCKET.invokeExact(AF_PACKET, SOCK_RAW, 0);
            if (index <= 0 || fd < 0) {
                throw new IOException("no packet socket on " + device);
            }
            set(SOL_PACKET, PACKET_VNET_HDR, 1, arena);
            set(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, arena);
            set(SOL_SOCKET, SO_RCVBUFFORCE, BUFFER, arena);
            MemorySegment address = arena.allocate(SOCKADDR_LL);
            address.set(JAVA_SHORT, 0, (short) AF_PACKET);
            address.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, ETH_P_ALL);
            address.set(JAVA_INT, 4, index);
            require("bind", (int) BIND.invokeExact(fd, address, SOCKADDR_LL));
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e); // a downcall itself throws nothing
        }
    }

    private void set(int level, int option, int value, Arena arena) throws Throwable {
        MemorySegment holder = arena.allocateFrom(JAVA_INT, value);
        require(
                "setsockopt " + option,
                (int) SETSOCKOPT.invokeExact(fd, level, option, holder, Integer.BYTES));
    }

    private static void require(String what, int result) throws IOException {
        if (result < 0) {
            throw new IOException(what + " failed");
        }
    }

    /// Waits until one of the two has a frame, but for at most `nanos`.
    static void await(PacketSocket one, PacketSocket other, long nanos) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sockets = arena.allocate(2L * POLLFD, Long.BYTES);
            for (int i = 0; i < 2; i++) {
                sockets.set(JAVA_INT, (long) i * POLLFD, i == 0 ? one.fd : other.fd);
                sockets.set(JAVA_SHORT, (long) i * POLLFD + 4, POLLIN);
            }
            MemorySegment span = arena.allocateFrom(JAVA_LONG, nanos / SECOND, nanos % SECOND);
            int ready = (int) PPOLL.invokeExact(sockets, 2L, span, MemorySegment.NULL);
            assert ready <= 2;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// Reads one frame with its header, if there is one.
    ///
    /// @return how many bytes, or a negative number if none is waiting
    int receive(MemorySegment into) {
        try {
            return (int) RECV.invokeExact(fd, into, into.byteSize(), MSG_DONTWAIT);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// Sends one frame with its header. If the interface is down it is lost, as on a real wire.
    void send(MemorySegment frame) {
        try {
            int sent = (int) SEND.invokeExact(fd, frame, frame.byteSize(), 0);
            assert sent < 0 || sent == frame.byteSize();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle call(String name, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(JAVA_INT, arguments));
    }
}
