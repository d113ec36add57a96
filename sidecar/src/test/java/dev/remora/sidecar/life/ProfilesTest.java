package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.crypto.LockPrivateKey;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.io.control.NodeIdentity;
import dev.remora.io.state.StateException;
import dev.remora.io.state.StateFile;
import dev.remora.io.state.StateStore;
import dev.remora.sidecar.config.JsonTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfilesTest {
    private static final Random RANDOM = new Random(3);

    private final StateStore store = StateStore.inMemory();

    private void put(String key, String value) throws IOException {
        store.write(key, value.getBytes(UTF_8));
    }

    @Test
    void takesOverWhatTailscaledHasKept() throws Exception {
        MachinePrivateKey machine = MachinePrivateKey.generate(RANDOM);
        NodePrivateKey node = NodePrivateKey.generate(RANDOM);
        LockPrivateKey lock = LockPrivateKey.generate(RANDOM);
        put("_machinekey", machine.text());
        put("_current-profile", "profile-0b78");
        put(
                "_profiles",
                "{\"0b78\":{\"ID\":\"0b78\",\"Name\":\"alice@example.com\",\"Key\":\"profile-0b78\"}}");
        put(
                "profile-0b78",
                "{\"ControlURL\":\"https://c\",\"WantRunning\":true,\"Hostname\":\"kilo\",\"Config\":{\"PrivateNodeKey\":\""
                        + node.text()
                        + "\",\"OldPrivateNodeKey\":\"privkey:0000000000000000000000000000000000000000000000000000000000000000\","
                        + "\"NetworkLockKey\":\""
                        + lock.text()
                        + "\",\"NodeID\":\"9\",\"Unknown\":{\"a\":1}}}");
        put("_serve/0b78", "{\"TCP\":{\"80\":{\"TCPForward\":\"localhost:5000\"}}}");
        Profiles profiles = new Profiles(store, RANDOM);
        assertThat(profiles.machineKey()).isEqualTo(machine);
        assertThat(profiles.lockKey().text()).isEqualTo(lock.text());
        assertThat(profiles.current().identity())
                .isEqualTo(new NodeIdentity(Optional.of(node), Optional.empty()));
        assertThat(profiles.current().prefs().hostname()).isEqualTo("kilo");
        assertThat(profiles.serve().orElseThrow().ports()).containsKey("80");

        profiles.save(profiles.current().prefs().withHostname("other"));
        Map<String, Object> kept = JsonTree.read(store.read("profile-0b78").orElseThrow());
        assertThat(kept).containsEntry("Hostname", "other");
        assertThat(kept.get("Config").toString())
                .as("what we do not know stays")
                .contains("Unknown={a=1}");
    }

    @Test
    void aNewKeyIsKeptBeforeAnythingElseIsKnown() throws Exception {
        Profiles profiles = new Profiles(store, RANDOM);
        NodePrivateKey key = NodePrivateKey.generate(RANDOM);
        profiles.save(new NodeIdentity(Optional.of(key), Optional.empty()));
        Profiles again = new Profiles(store, RANDOM);
        assertThat(again.current().identity().nodeKey()).contains(key);
        assertThat(again.machineKey()).isEqualTo(profiles.machineKey());
        assertThat(again.lockKey().text()).isEqualTo(profiles.lockKey().text());
    }

    @ParameterizedTest
    @CsvSource({
        "_machinekey, rubbish",
        "_profiles, [",
        "_current-profile, profil",
        "profile-0b78, '{\"Config\":{\"PrivateNodeKey\":\"privkey:12\"}}'",
        "profile-0b78, rubbish",
        "_serve/0b78, rubbish",
    })
    void damageNeverMakesANewNode(String key, String value) throws Exception {
        put("_machinekey", MachinePrivateKey.generate(RANDOM).text());
        put("_current-profile", "profile-0b78");
        put("profile-0b78", "{}");
        put(key, value);
        assertThatThrownBy(() -> new Profiles(store, RANDOM))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("its entry " + key);
        assertThat(store.read(key)).as("nothing was overwritten").contains(value.getBytes(UTF_8));
    }

    @Test
    void aStateThatIsCutOffAnywhereNeverMakesANewNode(@TempDir Path temp) throws Exception {
        Path whole = temp.resolve("whole");
        try (StateStore kept = StateFile.open(whole)) {
            Profiles profiles = new Profiles(kept, RANDOM);
            NodePrivateKey key = NodePrivateKey.generate(RANDOM);
            profiles.save(new NodeIdentity(Optional.of(key), Optional.empty()));
        }
        byte[] bytes = Files.readAllBytes(whole.resolve(StateFile.FILE_NAME));
        for (int length = 0; length < bytes.length; length++) {
            Path directory = Files.createDirectory(temp.resolve("cut-" + length));
            byte[] cut = Arrays.copyOf(bytes, length);
            Path file = Files.write(directory.resolve(StateFile.FILE_NAME), cut);
            assertThatThrownBy(() -> StateFile.open(directory))
                    .as("%d of %d bytes", length, bytes.length)
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining("is damaged");
            assertThat(file).hasBinaryContent(cut);
        }
    }

    @Test
    void aMissingPartNeverMakesANewNode() throws Exception {
        put("_current-profile", "profile-0b78");
        assertThatThrownBy(() -> new Profiles(store, RANDOM))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("no machine key");
        put("_machinekey", MachinePrivateKey.generate(RANDOM).text());
        assertThatThrownBy(() -> new Profiles(store, RANDOM))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("its entry profile-0b78 is missing");
    }

    @Test
    void namesNoKeyInText() throws Exception {
        Profiles profiles = new Profiles(store, RANDOM);
        NodePrivateKey key = NodePrivateKey.generate(RANDOM);
        profiles.save(new NodeIdentity(Optional.of(key), Optional.empty()));
        assertThat(profiles.current().toString()).doesNotContain("privkey");
    }

    @Test
    void profilesOfOnePersonAtOneServerBecomeOneAndOthersStay() throws Exception {
        NetMap map = TestDaemon.recordedMap();
        String member =
                "\"UserProfile\":{\"ID\":%d},\"ControlURL\":\"%s\"}"
                        .formatted(map.self().user().value(), "https://c");
        put("_machinekey", MachinePrivateKey.generate(RANDOM).text());
        put(
                "_profiles",
                "{\"aaaa\":{\"ID\":\"aaaa\",%s,\"bbbb\":{\"ID\":\"bbbb\",%s,\"cccc\":{\"ID\":\"cccc\",%s}"
                        .formatted(member, member, member.replace("//c", "//other")));
        put("profile-aaaa", "{}");
        put("profile-bbbb", "{}");
        put("profile-cccc", "{}");
        put("_serve/bbbb", "{}");
        Profiles profiles = new Profiles(store, RANDOM);
        profiles.save(
                profiles.current()
                        .prefs()
                        .patched(Map.of("ControlURLSet", true, "ControlURL", "https://c")));
        String before = profiles.current().id();

        profiles.saveMembership(map, Instant.EPOCH);

        assertThat(profiles.current().id()).isEqualTo("aaaa");
        assertThat(profiles.list())
                .extracting(each -> each.get("ID"))
                .containsExactly("aaaa", "cccc");
        assertThat(store.read("_current-profile")).contains("profile-aaaa".getBytes(UTF_8));
        for (String gone : List.of("profile-" + before, "profile-bbbb", "_serve/bbbb")) {
            assertThat(store.read(gone)).as(gone).isEmpty();
        }
        assertThat(new Profiles(store, RANDOM).current().prefs().controlUrl())
                .isEqualTo("https://c");
    }
}
