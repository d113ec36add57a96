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

    private static final MemorySegment SOCKET = function("socket");
    private static final MemorySegment BIND = function("bind");
    private static final MemorySegment GETSOCKNAME = function("getsockname");
    private static final MemorySegment SETSOCKOPT = function("setsockopt");
    private static final MemorySegment RECVMSG = function("recvmsg");
    private static final MemorySegment SENDMSG = function("sendmsg");
    private static final MemorySegment RECV = function("recv");
    private static final MemorySegment CLOSE = function("close");

    /// Calls any of them. Each further shape of call costs a start some 20 ms, so there is one: the 64-bit ABIs hand over integers and pointers alike,
    /// five of them in registers, and a function does not look at those it has no parameter for.
    private static final MethodHandle CALL =
            Linker.nativeLinker()
                    .downcallHandle(
                            FunctionDescriptor.of(
                                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                    JAVA_LONG),
                            Linker.Option.captureCallState("errno"));

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO =
            STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    /// Where the calls of this socket leave their errno.
    private final MemorySegment state;

    LibC(Arena arena) {
        state = arena.allocate(STATE);
    }

    static boolean isAvailable() {
        return System.getProperty("os.name").equals("Linux") && ADDRESS.byteSize() == 8;
    }

    int socket(int domain, int type) {
        return result((int) call(SOCKET, domain, type, 0, 0, 0));
    }

    int bind(int fd, MemorySegment address) {
        return result((int) call(BIND, fd, address.address(), address.byteSize(), 0, 0));
    }

    int getsockname(int fd, MemorySegment address, MemorySegment length) {
        return result((int) call(GETSOCKNAME, fd, address.address(), length.address(), 0, 0));
    }

    int setsockopt(int fd, int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointer = arena.allocateFrom(JAVA_INT, value);
            return result(
                    (int) call(SETSOCKOPT, fd, level, option, pointer.address(), Integer.BYTES));
        }
    }

    int recvmsg(int fd, MemorySegment message) {
        return result((int) call(RECVMSG, fd, message.address(), 0, 0, 0));
    }

    int recv(int fd, MemorySegment buffer) {
        return result((int) call(RECV, fd, buffer.address(), buffer.byteSize(), 0, 0));
    }

    int sendmsg(int fd, MemorySegment message) {
        return result((int) call(SENDMSG, fd, message.address(), 0, 0, 0));
    }

    void close(int fd) {
        call(CLOSE, fd, 0, 0, 0, 0);
    }

    /// Foreign calls declare `Throwable`, but these can only fail by a mistake of ours.
    private long call(MemorySegment function, long a, long b, long c, long d, long e) {
        try {
            return (long) CALL.invokeExact(function, state, a, b, c, d, e);
        } catch (Throwable t) {
            throw new AssertionError("foreign call", t);
        }
    }

    private static MemorySegment function(String name) {
        return Linker.nativeLinker().defaultLookup().findOrThrow(name);
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
        return value < 0 ? -state.get(JAVA_INT, ERRNO) : value;
    }
}
