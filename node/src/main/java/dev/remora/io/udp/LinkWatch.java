package dev.remora.io.udp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.Pollable;
import dev.remora.io.loop.Watch;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells when this machine's links, addresses or routes change: by netlink (rtnetlink(7)) on Linux, by looking every few seconds elsewhere.
/// What changed is for the owner to find out; changes that come together are told once.
public final class LinkWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkWatch.class);

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCKADDR_NL = 12;

    /// RTMGRP_LINK, _IPV4_IFADDR, _IPV4_ROUTE, _IPV6_IFADDR, _IPV6_ROUTE.
    private static final int GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

    /// An interface that comes up sends a dozen messages.
    private static final long SETTLE_MS = 200;

    private static final long POLL_SECONDS = 5;

    private final EngineLoop loop;
    private final Runnable onChange;
    private boolean settling;
    private boolean closed;
    private Runnable closer = () -> {};

    private LinkWatch(EngineLoop loop, Runnable onChange) {
        this.loop = loop;
        this.onChange = onChange;
    }

    /// Starts watching; `onChange` runs on the loop.
    public static LinkWatch start(EngineLoop loop, Runnable onChange) {
        LinkWatch watch = new LinkWatch(loop, onChange);
        try {
            if (loop.watchesDescriptors() && LibC.isAvailable()) {
                watch.startNetlink();
                return watch;
            }
        } catch (IOException e) {
            LOG.debug(
                    "no netlink ({}): looking every {} s for changed links",
                    e.getMessage(),
                    POLL_SECONDS);
        }
        watch.startPolling();
        return watch;
    }

    private void startNetlink() throws IOException {
        Arena arena = Arena.ofAuto();
        LibC libc = new LibC(arena);
        int fd = libc.socket(AF_NETLINK, SOCK_RAW | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC);
        if (fd < 0) {
            throw LibC.failed("open a netlink socket", fd);
        }
        MemorySegment address = arena.allocate(SOCKADDR_NL, 4);
        address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
        address.set(JAVA_INT, 8, GROUPS);
        int bound = libc.bind(fd, address);
        if (bound < 0) {
            libc.close(fd);
            throw LibC.failed("bind a netlink socket", bound);
        }
        MemorySegment buffer = arena.allocate(8192);
        Watch watch =
                loop.watch(
                        new Pollable.Descriptor(fd),
                        () -> drain(libc, fd, buffer),
                        e -> LOG.warn("link watch ended", e));
        closer =
                () -> {
                    watch.stop();
                    libc.close(fd);
                };
    }

    /// The content does not matter, and a message that was lost for lack of room (ENOBUFS) is a change too.
    private void drain(LibC libc, int fd, MemorySegment buffer) {
        for (int i = 0; i < 64; i++) {
            if (libc.recv(fd, buffer) == -LibC.EAGAIN) {
                break;
            }
        }
        changed();
    }

    private void changed() {
        if (!settling && !closed) {
            settling = true;
            loop.netty()
                    .schedule(
                            () -> {
                                settling = false;
                                if (!closed) {
                                    onChange.run();
                                }
                            },
                            SETTLE_MS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void startPolling() {
        var polling =
                loop.netty()
                        .scheduleWithFixedDelay(
                                this::changed, POLL_SECONDS, POLL_SECONDS, TimeUnit.SECONDS);
        closer = () -> polling.cancel(false);
    }

    /// Stops watching; called on the loop.
    @Override
    public void close() {
        closed = true;
        closer.run();
        closer = () -> {};
    }
}
