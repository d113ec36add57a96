package dev.remora.io.control;

import dev.remora.base.MalformedException;
import dev.remora.engine.netmap.NetMap;
import dev.remora.proto.control.DebugOrder;
import dev.remora.proto.control.MapFrames;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.MapResponse;
import dev.remora.proto.control.PingRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One map stream, from its opening to its end: reads messages, folds them, hands on the maps.
final class MapPoll {
    private static final Logger LOG = LoggerFactory.getLogger(MapPoll.class);

    /// A server may ask for silence, but not for longer than this.
    private static final double LONGEST_SLEEP_SECONDS = 300;

    private final ControlClient client;
    private final ControlConfig config;
    private final Events events;
    private final InstantSource clock;
    private Optional<NetMap> map = Optional.empty();
    private String lastVisit = "";

    /// What the stream brings.
    interface Events {
        void onNetMap(NetMap map);

        void onPing(PingRequest request);

        void onVisit(String url);

        /// The stream has been silent for longer than servers are: does the server still know us?
        void onSilence() throws ControlException, InterruptedException;
    }

    MapPoll(ControlClient client, ControlConfig config, Events events, InstantSource clock) {
        this.client = client;
        this.config = config;
        this.events = events;
        this.clock = clock;
    }

    /// Reads until the stream ends, which is always an exception: it should not.
    void run(MapRequest request) throws ControlException, InterruptedException {
        try (Http2Stream stream = client.openMap(request)) {
            MapFrames frames = new MapFrames(true, MapFrames.Limits.DEFAULT);
            while (true) {
                frames.add(
                        await(stream)
                                .orElseThrow(() ->
                                        lost(
                                                frames.isAtBorder()
                                                        ? "it ended the map stream"
                                                        : "the map stream ended within a message")));
                onArrival(frames);
            }
        } catch (MalformedException e) {
            throw new ControlException(
                    Reason.MALFORMED_ANSWER,
                    "The control server "
                            + config.url()
                            + " sent a map that makes no sense to us ("
                            + e.reason()
                            + "): the last good one stays in use.");
        } catch (ControlException e) {
            throw e;
        } catch (IOException e) {
            throw Failures.of(e, config.url().text(), clock.instant());
        }
    }

    /// Waits for bytes. After a while without any sign of life we ask, since a server says nothing to a node
    /// that was deleted; after a longer while the connection is taken for dead.
    private Optional<ByteBuffer> await(Http2Stream stream)
            throws IOException, InterruptedException {
        Duration probe = config.timing().probe();
        try {
            return stream.read(probe);
        } catch (InterruptedIOException silent) {
            events.onSilence();
            try {
                return stream.read(config.timing().watchdog().minus(probe));
            } catch (InterruptedIOException dead) {
                client.disconnect();
                throw lost(
                        "its map stream was silent for "
                                + config.timing().watchdog().toSeconds()
                                + " s");
            }
        }
    }

    /// Folds all messages that are there and shows the result once.
    private void onArrival(MapFrames frames) throws MalformedException, InterruptedException {
        Optional<NetMap> before = map;
        for (Optional<MapResponse> next = frames.next(); next.isPresent(); next = frames.next()) {
            onMessage(next.get());
        }
        map = map.map(folded -> folded.at(clock.instant()));
        if (!map.equals(before)) {
            map.ifPresent(events::onNetMap);
        }
    }

    private void onMessage(MapResponse message) throws MalformedException, InterruptedException {
        if (message.pingRequest() != null) {
            events.onPing(message.pingRequest());
        }
        String visit = message.popBrowserUrl();
        if (visit != null && !visit.isEmpty() && !visit.equals(lastVisit)) {
            lastVisit = visit;
            events.onVisit(visit);
        }
        if (message.controlDialPlan() != null) {
            client.useDialPlan(message.controlDialPlan());
        }
        if (message.keepAlive() || saysNothingOfTheMap(message)) {
            return;
        }
        if (message.debug() != null) {
            obey(message.debug());
        }
        map =
                Optional.of(
                        map.isPresent()
                                ? map.get().apply(message, clock.instant())
                                : NetMap.first(message, clock.instant()));
    }

    /// Test servers send pings in messages of their own, even before the first map.
    private boolean saysNothingOfTheMap(MapResponse message) {
        return message.pingRequest() != null && map.isEmpty() && message.node() == null;
    }

    private static void obey(DebugOrder order) throws InterruptedException {
        if (order.exit() != null) {
            LOG.warn("the control server wants this program to end, which is left to its user");
        }
        if (order.sleepSeconds() > 0) {
            double seconds = Math.min(order.sleepSeconds(), LONGEST_SLEEP_SECONDS);
            LOG.info("the control server asks for a pause of {} s", seconds);
            Thread.sleep(Duration.ofMillis((long) (seconds * 1000)));
        }
    }

    private ControlException lost(String how) {
        return new ControlException(
                Reason.CONNECTION_LOST,
                "The connection to the control server " + config.url() + " broke: " + how + ".");
    }
}
