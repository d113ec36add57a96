package dev.remora;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.engine.PeerStatus;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import dev.remora.engine.path.PathStatus;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapResponse;
import dev.remora.proto.wireguard.TunnelStats;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SilenceTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private static Node peer(String more) throws Exception {
        String json =
                "{'Node':{'ID':1,'Key':'nodekey:%064x'},'Peers':[{'ID':2,'Key':'nodekey:%064x','DiscoKey':'discokey:%064x'%s}]}"
                        .formatted(1, 2, 2, more.isEmpty() ? "" : "," + more);
        return NetMap.first(
                        ControlJson.read(
                                MapResponse.class, json.replace('\'', '"').getBytes(UTF_8)),
                        NOW)
                .peers()
                .all()
                .getFirst();
    }

    /// @param heardAt the second at which something last came from the peer, and it is the hundredth
    private static Silence of(String more, int heardAt) throws Exception {
        PathStatus path =
                new PathStatus(
                        Optional.empty(),
                        Optional.empty(),
                        true,
                        OptionalLong.empty(),
                        OptionalLong.of(SECONDS.toNanos(99)),
                        OptionalLong.of(SECONDS.toNanos(heardAt)));
        TunnelStats tunnel = new TunnelStats(0, 0, 1, true);
        PeerStatus status = new PeerStatus(Optional.of(path), Optional.of(tunnel));
        return Silence.of(
                Optional.of(peer(more)), key -> Optional.of(status), SECONDS.toNanos(100));
    }

    /// Though there is a session still.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    'Online':false,'HomeDERP':1                          | true  | it is offline
                    'Online':false,'LastSeen':'2026-11-22T11:00:00Z'     | true  | it is offline, last seen at 2026-11-22T11:00:00Z
                    'Online':true,'KeyExpiry':'2026-11-22T11:00:00Z'     | true  | its key has expired
                    'Online':true                                        | false | no way to its node is known
                    'Online':true,'HomeDERP':1                           | false | its node does not answer
                    'Endpoints':['192.0.2.1:5']                          | false | its node does not answer
                    """,
            quoteCharacter = '~')
    void ofWhomNothingIsHeardControlsWordCounts(String more, boolean offline, String sentence)
            throws Exception {
        assertThat(of(more, 80)).isEqualTo(new Silence(offline, sentence));
    }

    /// Control may be late with its news.
    @Test
    void whoWasHeardAMomentAgoIsThere() throws Exception {
        assertThat(of("'Online':false", 90))
                .isEqualTo(
                        new Silence(
                                false,
                                "its node can be reached, and nothing answers on that port"));
    }

    @Test
    void whoHasLeftIsNotWaitedFor() {
        assertThat(Silence.of(Optional.empty(), key -> Optional.empty(), 0).isOffline()).isTrue();
    }
}
