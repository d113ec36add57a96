package dev.remora.node;

import dev.remora.base.IpAddress;
import dev.remora.engine.path.LocalSockets;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.udp.LinkWatch;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the node sends from: its UDP sockets, opened anew when they break, on a machine whose links come and go. Used on the loop.
final class Underlay implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Underlay.class);

    /// A socket that breaks as soon as it is open must not keep us busy.
    private static final long REOPEN_EVERY = TimeUnit.SECONDS.toNanos(5);

    private final EngineLoop loop;
    private final EngineDriver driver;
    private final Moves moves;
    private final UdpPorts udp;
    private final HostLinks links;
    private @Nullable LinkWatch watch;
    private boolean reopening;
    private long reopenedAt = -REOPEN_EVERY;

    /// What others have to know of it.
    interface Moves {
        /// Peers may be told other endpoints; what worked goes on working.
        void onSockets(LocalSockets sockets);

        /// Nothing that worked can be relied on.
        ///
        /// @param addresses all of this machine but loopback; without any there is no network
        void onMoved(LocalSockets sockets, Set<IpAddress> addresses);

        /// We have moved because the machine has.
        void onOtherNetwork();

        /// We have moved because the sockets are others.
        void onReopened();
    }

    /// @param port the configured one, 0 for any
    Underlay(EngineLoop loop, int port, EngineDriver driver, Moves moves) {
        this.loop = loop;
        this.driver = driver;
        this.moves = moves;
        udp =
                new UdpPorts(
                        loop, port, driver::onDatagrams, driver::finishBatch, this::onReopenWanted);
        links = new HostLinks(udp);
    }

    UdpPorts udp() {
        return udp;
    }

    /// @param preferredPort if the configured one cannot be had
    void open(int preferredPort) {
        udp.open(preferredPort);
        watch = LinkWatch.start(loop, this::onLinkChange);
        onLinkChange();
    }

    private void onLinkChange() {
        switch (links.look()) {
            case NONE -> {}
            case MINOR -> moves.onSockets(links.sockets());
            case MAJOR -> {
                LOG.debug("the network is another: {}", links.addresses());
                moves.onMoved(links.sockets(), links.addresses());
                moves.onOtherNetwork();
            }
        }
        driver.finishBatch();
    }

    private void onReopenWanted() {
        if (!reopening) {
            reopening = true;
            long wait = Math.max(0, reopenedAt + REOPEN_EVERY - driver.now());
            loop.netty().schedule(this::reopen, wait, TimeUnit.NANOSECONDS);
        }
    }

    void reopen() {
        LOG.info("opening the UDP sockets anew");
        reopening = false;
        reopenedAt = driver.now();
        udp.reopen();
        links.look();
        moves.onMoved(links.sockets(), links.addresses());
        driver.finishBatch();
        moves.onReopened();
    }

    /// From now on the machine may change without anybody being told.
    void stopWatching() {
        if (watch != null) {
            watch.close();
        }
    }

    @Override
    public void close() {
        udp.close();
    }
}
