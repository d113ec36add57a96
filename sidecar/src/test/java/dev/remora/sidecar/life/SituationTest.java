package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.engine.netmap.NetMap;
import dev.remora.io.control.ControlState;
import dev.remora.io.control.Reason;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapResponse;
import dev.remora.sidecar.config.JsonTree;
import java.io.InputStream;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SituationTest {
    private TestDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = new TestDaemon();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private Situation situation() throws Exception {
        daemon.settled();
        return daemon.backend.situation();
    }

    @Test
    void ofANodeThatNobodyHasAdmittedHealsWhenSomebodyDoes() throws Exception {
        daemon.logIn();
        daemon.events.onControl(new ControlState.AwaitingApproval());
        daemon.events.onNetMap(unapproved());
        assertThat(situation().code()).isEqualTo("approval-pending");
        assertThat(situation().sentence()).contains("administrator");
        assertThat(daemon.status().get("Health").toString()).contains("[approval-pending]");

        daemon.events.onControl(new ControlState.Connected(Optional.empty()));
        daemon.events.onNetMap(TestDaemon.recordedMap());

        assertThat(situation().code()).isEqualTo(Situation.RUNNING);
    }

    private static NetMap unapproved() throws Exception {
        try (InputStream in =
                Objects.requireNonNull(
                        SituationTest.class.getResourceAsStream("/vectors/localapi/map.json"))) {
            String map = JsonTree.compact(JsonTree.read(in.readAllBytes()).get("map"));
            String changed =
                    map.replace("\"MachineAuthorized\":true", "\"MachineAuthorized\":false");
            assertThat(changed).isNotEqualTo(map);
            return NetMap.first(
                    ControlJson.read(MapResponse.class, changed.getBytes(UTF_8)),
                    Instant.parse("2026-11-22T15:04:58Z"));
        }
    }

    @Test
    void ofAMemberWhoseKeysAreRefusedIsThatOfNoMember() throws Exception {
        daemon.logIn();
        daemon.post("start", "{\"AuthKey\":\"k\"}");
        daemon.connecting();
        daemon.events.onControl(
                new ControlState.Failed(Reason.AUTH_KEY_USED, "It was used.", Optional.empty()));

        assertThat(situation().code()).isEqualTo("auth-key-used");
        assertThat(situation().hasAddresses()).isFalse();
        assertThat(situation().sentence()).contains("This node was deleted on the control server");
    }

    @Test
    void ofAMemberWhoseServerIsAwayIsThatItRuns() throws Exception {
        daemon.logIn();
        daemon.events.onControl(
                new ControlState.Failed(Reason.UNREACHABLE, "It is away.", Optional.empty()));

        assertThat(situation().code()).isEqualTo(Situation.RUNNING);
        assertThat(situation().control())
                .contains(new Situation.Trouble("unreachable", "It is away."));
    }

    @Test
    void hasWhatKeepsTheSettingsFromBeingStated() throws Exception {
        daemon.backend.blame(
                Optional.of(new Situation.Trouble("settings-refused", "up failed: so.")));
        assertThat(situation().code()).isEqualTo("settings-refused");
        assertThat(daemon.status().get("Health").toString())
                .contains("You are logged out. up failed: so. [settings-refused]");

        daemon.backend.blame(Optional.empty());

        assertThat(daemon.status().get("Health").toString()).doesNotContain("settings-refused");
    }
}
