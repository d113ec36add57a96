package dev.remora.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.engine.Engine;
import dev.remora.engine.EngineOutput;
import dev.remora.engine.PingResult;
import dev.remora.engine.netcheck.NetCheckOutput;
import dev.remora.engine.netcheck.NetReport;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.path.Endpoint;
import dev.remora.engine.path.PathStatus;
import dev.remora.io.derp.DerpRelays;
import dev.remora.io.loop.EngineLoop;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What becomes of the engine's wishes, on a machine without UDP.
class PerformerTest {
    private final NodePair nodes = new NodePair();
    private final EngineLoop loop = EngineLoop.start("test-performer");
    private final UdpPorts closed =
            new UdpPorts(loop, 0, (from, datagrams, size) -> {}, () -> {}, () -> {});
    private final Queue<Runnable> later = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private final Performer performer =
            new Performer(nodes.client.driver, closed, later::add, Runnable::run, new Told());

    private final class Told implements Performer.Reports {
        @Override
        public void onEndpoints(List<Endpoint> endpoints) {
            told.add("endpoints " + endpoints);
        }

        @Override
        public void onNetwork(Optional<NetReport> report, Optional<DerpRegionId> home) {
            told.add("network");
        }

        @Override
        public void onPinged(long token, PingResult result) {
            told.add("pinged " + token);
        }

        @Override
        public void onRebindWanted() {
            told.add("rebind");
        }

        @Override
        public void onChange() {
            told.add("change");
        }

        @Override
        public DerpRelays relays() {
            throw new IllegalStateException("no relay is asked for here");
        }

        @Override
        public Engine engine() {
            return nodes.client.engine;
        }
    }

    @AfterEach
    void end() throws Exception {
        loop.closeAndWait();
    }

    @Test
    void aDatagramWithoutASocketCostsThePathButNothingElse() {
        IpPort server = nodes.server.underlay();
        assertThat(path()).contains(server);
        performer.perform(new EngineOutput.SendDatagrams(server, ByteBuffer.allocateDirect(1), 1));
        assertThat(path()).as("the engine is not called in the middle of a call").contains(server);
        nodes.run(1_000);
        assertThat(path()).isEmpty();
    }

    private Optional<IpPort> path() {
        return nodes.client
                .engine
                .status(nodes.server.key(), nodes.now())
                .path()
                .flatMap(PathStatus::direct);
    }

    @Test
    void socketsAreReopenedLater() {
        performer.perform(new EngineOutput.RebindWanted());
        assertThat(told).isEmpty();
        later.remove().run();
        assertThat(told).containsExactly("rebind");
    }

    @Test
    void newsAreHandedOnAtOnce() {
        performer.perform(new EngineOutput.EndpointsChanged(List.of()));
        performer.perform(new EngineOutput.NetworkChecked(Optional.empty(), Optional.empty()));
        performer.perform(new EngineOutput.Pinged(7, new PingResult.TimedOut()));
        performer.perform(new EngineOutput.PathChanged(nodes.server.key(), Optional.empty()));
        assertThat(told).containsExactly("endpoints []", "network", "pinged 7", "change");
    }

    @Test
    void aNameIsLookedUpElsewhereAndToldOnTheLoop() {
        performer.perform(
                new EngineOutput.Netcheck(new NetCheckOutput.ResolveName("no name at all")));
        assertThat(later).hasSize(1);
        later.remove().run(); // nobody waits for it any more, which is no harm
    }

    @Test
    void aMistakeInOneOutputEndsWithIt() {
        performer.perform(new EngineOutput.Netcheck(new NetCheckOutput.Dropped("for this test")));
        performer.perform(
                new EngineOutput.SendRelayed(
                        new DerpRegionId(1), nodes.server.key(), ByteBuffer.allocate(1)));
        performer.perform(new EngineOutput.Pinged(7, new PingResult.TimedOut()));
        assertThat(told).containsExactly("pinged 7");
    }
}
