package dev.remora.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.crypto.Aead;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.Engine;
import dev.remora.engine.EngineOutput;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.netstack.NetStackConfig;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RelayNewsTest {
    private static final DerpRegionId HOME = new DerpRegionId(900);
    private static final DerpRegionId OTHER = new DerpRegionId(901);

    private final Random random = new Random(1);
    private final NodeKey peer = NodePrivateKey.generate(random).publicKey();
    private final EmbeddedChannel clockwork = new EmbeddedChannel();
    private final List<EngineOutput> outputs = new ArrayList<>();
    private long now;
    private int changes;
    private int homeBack;
    private final EngineDriver driver = new EngineDriver(clockwork.eventLoop(), () -> now);
    private final Engine engine =
            new Engine(
                    NodePrivateKey.generate(random),
                    DiscoPrivateKey.generate(random),
                    Aead.jdk(),
                    NetStackConfig.defaults(),
                    () -> 0,
                    random,
                    outputs::add);
    private final RelayNews news =
            new RelayNews(
                    driver,
                    () -> engine,
                    () -> homeBack++,
                    new NodeListener() {
                        @Override
                        public void onChange() {
                            changes++;
                        }
                    });

    RelayNewsTest() {
        clockwork.freezeTime();
        driver.drive(engine);
        engine.onNetMap(
                NodePair.map(
                        """
                        {"Node":{"ID":1,"Key":"%s","Addresses":["100.64.0.1/32"]},
                         "Peers":[{"ID":2,"Key":"%s","DiscoKey":"%s","Addresses":["100.64.0.2/32"],"HomeDERP":900,"Online":true}],
                         "DERPMap":{"Regions":{"900":{"RegionID":900,"Nodes":[{"Name":"a","RegionID":900,"HostName":"relay.test"}]}}}}
                        """
                                .formatted(
                                        NodePrivateKey.generate(random).publicKey().text(),
                                        peer.text(),
                                        DiscoPrivateKey.generate(random).publicKey().text())),
                now);
        driver.finishBatch();
        outputs.clear();
    }

    private long askedOverRelay(long nanos) {
        now += nanos;
        clockwork.advanceTimeBy(nanos, TimeUnit.NANOSECONDS);
        clockwork.runPendingTasks();
        return outputs.stream()
                .filter(out ->
                        out instanceof EngineOutput.SendRelayed(_, var to, _) && to.equals(peer))
                .count();
    }

    @Test
    void whoHasNotAnsweredIsAskedAgainOnceOurHomeRelayTakesUs() {
        assertThat(askedOverRelay(TimeUnit.SECONDS.toNanos(20))).isPositive();
        outputs.clear();
        news.onConnected(OTHER);
        assertThat(askedOverRelay(TimeUnit.SECONDS.toNanos(20))).isZero();
        news.onConnected(HOME);
        assertThat(askedOverRelay(TimeUnit.SECONDS.toNanos(20))).isGreaterThan(3);
    }

    @Test
    void aRelayThatComesBackIsNoReasonToGreet() {
        news.onConnected(HOME);
        askedOverRelay(TimeUnit.SECONDS.toNanos(20));
        outputs.clear();
        news.onDisconnected(HOME, "lost", 0);
        news.onConnected(HOME);
        assertThat(askedOverRelay(TimeUnit.SECONDS.toNanos(20))).isZero();
        assertThat(homeBack).isEqualTo(1);
    }

    @Test
    void everyTurnIsAChange() {
        news.onConnected(HOME);
        news.onDisconnected(HOME, "lost", 0);
        news.onDisconnected(HOME, "refused", 0);
        news.onHealth(HOME, "slow");
        news.onHeard(HOME);
        assertThat(changes).isEqualTo(4);
    }
}
