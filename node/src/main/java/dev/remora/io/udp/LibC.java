package dev.remora.io.udp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.NoRouteToHostException;

/// The system calls of a UDP socket, each under its man page's name. Numbers are those of Linux on x86-64 and arm64. A failed call answers the
/// negative errno.
@SuppressWarnings("restricted") // foreign calls are what this class is for
final class LibC {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_V6ONLY = 26;
    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;

    static final int EPERM = 1;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int EINVAL = 22;
    static final int EMSGSIZE = 90;
    static final int EADDRNOTAVAIL = 99;
    static final int ENETDOWN = 100;
    static final int ENETUNREACH = 101;
    static final int ENOBUFS = 105;
    static final int ECONNREFUSED = 111;
    static final int EHOSTUNREACH = 113;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET =
            call("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = call("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKNAME =
            call("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SETSOCKOPT =
            call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle RECVMSG =
            call("recvmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SENDMSG =
            call("sendmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle RECV =
            call("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle CLOSE = call("close", JAVA_INT, JAVA_INT);

    /// Where the calls of this socket leave their errno.
    private final MemorySegment state;

    LibC(Arena arena) {
        state = arena.allocate(STATE);
    }

    static boolean isAvailable() {
        return System.getProperty("os.name").equals("Linux") && ADDRESS.byteSize() == 8;
    }

    int socket(int domain, int type) {
        try {
            return result((int) SOCKET.invokeExact(state, domain, type, 0));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int bind(int fd, MemorySegment address) {
        try {
            return result((int) BIND.invokeExact(state, fd, address, (int) address.byteSize()));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int getsockname(int fd, MemorySegment address, MemorySegment length) {
        try {
            return result((int) GETSOCKNAME.invokeExact(state, fd, address, length));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int setsockopt(int fd, int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointer = arena.allocateFrom(JAVA_INT, value);
            return result(
                    (int) SETSOCKOPT.invokeExact(state, fd, level, option, pointer, Integer.BYTES));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int recvmsg(int fd, MemorySegment message) {
        try {
            return result((int) (long) RECVMSG.invokeExact(state, fd, message, 0));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int recv(int fd, MemorySegment buffer) {
        try {
            return result((int) (long) RECV.invokeExact(state, fd, buffer, buffer.byteSize(), 0));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int sendmsg(int fd, MemorySegment message) {
        try {
            return result((int) (long) SENDMSG.invokeExact(state, fd, message, 0));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    void close(int fd) {
        try {
            int ignored = (int) CLOSE.invokeExact(state, fd);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// A failed call as an exception that says what was tried; a [NoRouteToHostException] if only this destination is at fault.
    static IOException failed(String call, int negativeErrno) {
        String sentence = call + ": " + describe(-negativeErrno);
        return switch (-negativeErrno) {
            case ENETDOWN, ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL ->
                    new NoRouteToHostException(sentence);
            default -> new IOException(sentence);
        };
    }

    private static String describe(int errno) {
        return switch (errno) {
            case 13 -> "permission denied";
            case 24 -> "too many open files";
            case 97 -> "address family not supported";
            case 98 -> "address already in use";
            case EADDRNOTAVAIL -> "cannot assign requested address";
            case ENETDOWN -> "network is down";
            case ENETUNREACH -> "network is unreachable";
            case EHOSTUNREACH -> "no route to host";
            case EPERM -> "operation not permitted";
            case EMSGSIZE -> "message too long";
            case ENOBUFS -> "no buffer space";
            default -> "errno " + errno;
        };
    }

    private int result(int value) {
        return value < 0 ? -(int) ERRNO.get(state, 0L) : value;
    }

    private static MethodHandle call(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    /// Foreign calls declare `Throwable`, but these can only fail by a mistake of ours.
    private static AssertionError unexpected(Throwable e) {
        return new AssertionError("foreign call", e);
    }
}
