package dev.remora.engine.netstack;

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
import java.nio.ByteBuffer;

/// A TUN device, whose other end is the kernel's own IP stack: the packets it sends can be read, what is written it receives.
final class TunDevice implements AutoCloseable {
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 0x800;
    private static final long TUNSETIFF = 0x400454caL;
    private static final short IFF_TUN_NO_PI = 0x1001;
    private static final int IFREQ = 40;
    private static final int IFREQ_FLAGS = 16;
    private static final short POLLIN = 1;

    private static final MethodHandle OPEN = function("open", JAVA_INT, 2, ADDRESS, JAVA_INT);
    private static final MethodHandle IOCTL =
            function("ioctl", JAVA_INT, 2, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle READ =
            function("read", JAVA_LONG, 3, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle WRITE =
            function("write", JAVA_LONG, 3, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle POLL =
            function("poll", JAVA_INT, 3, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle CLOSE = function("close", JAVA_INT, 1, JAVA_INT);

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = arena.allocate(65_536);
    private final MemorySegment pollfd = arena.allocate(8);
    private final int fd;

    TunDevice(String name) throws IOException {
        fd = (int) call(OPEN, arena.allocateFrom("/dev/net/tun"), O_RDWR | O_NONBLOCK);
        if (fd < 0) {
            throw new IOException("open /dev/net/tun failed");
        }
        MemorySegment ifreq = arena.allocate(IFREQ);
        ifreq.setString(0, name);
        ifreq.set(JAVA_SHORT, IFREQ_FLAGS, IFF_TUN_NO_PI);
        if ((int) call(IOCTL, fd, TUNSETIFF, ifreq) < 0) {
            throw new IOException("ioctl TUNSETIFF failed for " + name);
        }
        pollfd.set(JAVA_INT, 0, fd);
        pollfd.set(JAVA_SHORT, 4, POLLIN);
    }

    /// A packet of the kernel, valid until the next call; empty if there is none.
    ByteBuffer read() {
        long length = (long) call(READ, fd, buffer, buffer.byteSize());
        return buffer.asByteBuffer().limit((int) Math.max(length, 0));
    }

    /// Gives the kernel a packet; it drops what it does not like, as every network does.
    void write(ByteBuffer packet) {
        int length = packet.remaining();
        buffer.asByteBuffer().put(packet);
        call(WRITE, fd, buffer, (long) length);
    }

    /// Waits until there is something to read, but not longer than some milliseconds.
    void await(int milliseconds) {
        call(POLL, pollfd, 1L, milliseconds);
    }

    @Override
    public void close() {
        call(CLOSE, fd);
        arena.close();
    }

    @SuppressWarnings("restricted") // plain functions of libc
    private static MethodHandle function(
            String name, MemoryLayout result, int fixedArguments, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor descriptor = FunctionDescriptor.of(result, arguments);
        MemorySegment address = linker.defaultLookup().find(name).orElseThrow();
        return fixedArguments == arguments.length
                ? linker.downcallHandle(address, descriptor)
                : linker.downcallHandle(
                        address, descriptor, Linker.Option.firstVariadicArg(fixedArguments));
    }

    private static Object call(MethodHandle function, Object... arguments) {
        try {
            return function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
