package dev.remora.node;

import dev.remora.crypto.NodeKey;
import dev.remora.engine.Engine;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.io.derp.RelayListener;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What relays tell, on its way to the engine. Used on the loop.
final class RelayNews implements RelayListener {
    private static final Logger LOG = LoggerFactory.getLogger(RelayNews.class);

    private final EngineDriver driver;
    private final Supplier<Engine> engine;
    private final Runnable homeBack;
    private final NodeListener listener;

    /// Regions whose connection was lost and has not come back.
    private final Set<DerpRegionId> lost = new HashSet<>();

    /// @param homeBack runs when the home relay is connected again after it was lost
    RelayNews(
            EngineDriver driver,
            Supplier<Engine> engine,
            Runnable homeBack,
            NodeListener listener) {
        this.driver = driver;
        this.engine = engine;
        this.homeBack = homeBack;
        this.listener = listener;
    }

    @Override
    public void onPacket(DerpRegionId region, NodeKey from, ByteBuffer packet) {
        driver.onRelayed(region, from, packet);
    }

    @Override
    public void onHeard(DerpRegionId region) {
        engine.get().netChecks().onDerpFrame(region, driver.now());
    }

    @Override
    public void onPeerGone(DerpRegionId region, NodeKey peer, int reason) {
        LOG.debug("{} is not at relay {}", peer, region);
    }

    @Override
    public void onConnected(DerpRegionId region) {
        LOG.info("relay {}: connected", region);
        boolean back = lost.remove(region);
        if (engine.get().netChecks().home().filter(region::equals).isPresent()) {
            onHomeConnected(back);
        }
        listener.onChange();
    }

    private void onHomeConnected(boolean back) {
        if (back) {
            homeBack.run();
        } else {
            engine.get().onHomeRelayConnected(driver.now());
        }
        driver.finishBatchSoon();
    }

    @Override
    public void onDisconnected(DerpRegionId region, String why, long nextTryAt) {
        if (lost.add(region)) {
            LOG.info("relay {}: {}", region, why);
        } else {
            LOG.debug("relay {}: {}", region, why); // one more attempt failed
        }
        listener.onChange();
    }

    @Override
    public void onHealth(DerpRegionId region, String problem) {
        listener.onChange();
    }
}
