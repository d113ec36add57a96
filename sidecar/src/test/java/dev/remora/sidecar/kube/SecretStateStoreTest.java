package dev.remora.sidecar.kube;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.io.state.StateException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretStateStoreTest {
    private static final String NAME = "app-node";

    @TempDir Path root;
    private FakeCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new FakeCluster(root);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private SecretStateStore open() throws Exception {
        return SecretStateStore.open(cluster.api(NAME));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void aNewNodesSecretIsMadeWithItsFirstEntry() throws Exception {
        try (SecretStateStore store = open()) {
            assertThat(store.read("_machinekey")).isEmpty();
            store.write("_machinekey", bytes("privkey:1"));
        }
        assertThat(cluster.entries(NAME)).isEqualTo(Map.of("_machinekey", "privkey:1"));
    }

    @Test
    void aSecretWithoutEntriesWillDo() throws Exception {
        cluster.put(NAME, Map.of());
        cluster.allow("get", "update", "patch");
        try (SecretStateStore store = open()) {
            store.write("_machinekey", bytes("privkey:1"));
        }
        assertThat(cluster.entries(NAME)).isEqualTo(Map.of("_machinekey", "privkey:1"));
    }

    /// Names as the official container writes them.
    @Test
    void theStateOfAnOfficialContainerIsTakenOver() throws Exception {
        cluster.put(
                NAME,
                Map.of(
                        "_machinekey", "privkey:1",
                        "_current-profile", "profile-1a2b",
                        "_serve_profile-1a2b", "{}",
                        "authkey", "tskey-auth-x"));
        try (SecretStateStore store = open()) {
            assertThat(store.read("_machinekey")).contains(bytes("privkey:1"));
            assertThat(store.read("_serve/profile-1a2b")).contains(bytes("{}"));
            store.write(
                    Map.of("_serve/profile-1a2b", new byte[0], "profile-1a2b", bytes("{\"a\":1}")));
        }
        assertThat(cluster.entries(NAME))
                .isEqualTo(
                        Map.of(
                                "_machinekey", "privkey:1",
                                "_current-profile", "profile-1a2b",
                                "profile-1a2b", "{\"a\":1}",
                                "authkey", "tskey-auth-x"));
    }

    @Test
    void whatIsThereAlreadyIsNotWrittenAgain() throws Exception {
        cluster.put(NAME, Map.of("_machinekey", "privkey:1"));
        try (SecretStateStore store = open()) {
            int before = cluster.asked().size();
            store.write("_machinekey", bytes("privkey:1"));
            assertThat(cluster.asked()).hasSize(before);
        }
    }

    @Test
    void withoutTheRightToPatchTheSecretIsWrittenWhole() throws Exception {
        cluster.put(NAME, Map.of("mine", "1"));
        cluster.allow("get", "update");
        try (SecretStateStore store = open()) {
            store.write("_machinekey", bytes("privkey:1"));
        }
        assertThat(cluster.asked()).contains("PUT /api/v1/namespaces/shop/secrets/" + NAME);
        assertThat(cluster.entries(NAME))
                .isEqualTo(Map.of("_machinekey", "privkey:1", "mine", "1"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatOthersWriteBesideTheStateIsKept(boolean mayPatch) throws Exception {
        cluster.put(NAME, Map.of("_machinekey", "privkey:1"));
        if (!mayPatch) {
            cluster.allow("get", "update");
        }
        try (SecretStateStore store = open()) {
            cluster.putEntry(NAME, "authkey", "tskey-auth-new");
            store.write("profile-1a2b", bytes("{}"));
        }
        assertThat(cluster.entries(NAME))
                .isEqualTo(
                        Map.of(
                                "_machinekey", "privkey:1",
                                "authkey", "tskey-auth-new",
                                "profile-1a2b", "{}"));
    }

    @Test
    void twoNodesDoNotShareOneState() throws Exception {
        cluster.put(NAME, Map.of("_machinekey", "privkey:1", "profile-1a2b", "old"));
        try (SecretStateStore store = open()) {
            cluster.putEntry(NAME, "profile-1a2b", "of the other");
            assertThatThrownBy(() -> store.write("profile-1a2b", bytes("ours")))
                    .isInstanceOf(StateException.class)
                    .hasMessage(
                            "cannot write to the Secret shop/app-node: another node has written its state to it; give each pod a Secret of its own with TS_KUBE_SECRET");
            assertThat(store.trouble().orElseThrow())
                    .startsWith("Cannot write to the Secret shop/app-node: another node");
        }
        assertThat(cluster.entries(NAME)).containsEntry("profile-1a2b", "of the other");
    }

    @Test
    void twoNewNodesDoNotMakeTheSameSecret() throws Exception {
        try (SecretStateStore store = open()) {
            cluster.put(NAME, Map.of("_machinekey", "privkey:2"));
            assertThatThrownBy(() -> store.write("_machinekey", bytes("privkey:1")))
                    .hasMessageContaining("another node has made it meanwhile");
        }
        assertThat(cluster.entries(NAME)).containsEntry("_machinekey", "privkey:2");
    }

    @Test
    void aSecretThatIsDeletedUnderTheNodeIsMadeAgainWithItsStateAlone() throws Exception {
        cluster.put(NAME, Map.of("_machinekey", "privkey:1", "authkey", "tskey-auth-x"));
        try (SecretStateStore store = open()) {
            cluster.delete(NAME);
            store.write("profile-1a2b", bytes("{}"));
        }
        assertThat(cluster.entries(NAME))
                .isEqualTo(Map.of("_machinekey", "privkey:1", "profile-1a2b", "{}"));
    }

    @Test
    void whatCouldNotBeWrittenIsWrittenLater() throws Exception {
        cluster.put(NAME, Map.of("_machinekey", "privkey:1"));
        try (SecretStateStore store = open()) {
            cluster.allow("get");
            assertThatThrownBy(() -> store.write("profile-1a2b", bytes("{}")))
                    .isInstanceOf(StateException.class);
            assertThat(store.trouble().orElseThrow())
                    .contains(
                            "may not patch the Secret app-node: give it a Role with the verb patch")
                    .endsWith("Until then a restart forgets what has changed.");
            assertThat(store.read("profile-1a2b")).contains(bytes("{}"));

            cluster.allow("get", "update", "patch");
            store.retry();

            assertThat(store.trouble()).isEmpty();
        }
        assertThat(cluster.entries(NAME)).containsEntry("profile-1a2b", "{}");
    }

    @Test
    void aMissingRightIsNamed() throws Exception {
        cluster.put(NAME, Map.of());
        cluster.allow("update", "patch", "create");
        assertThatThrownBy(this::open)
                .isInstanceOf(StateException.class)
                .hasMessage(
                        "cannot use the state's Secret: the service account may not get the Secret app-node: give it a Role with the verb get on secrets");
    }

    @Test
    void aSecretThatIsMissingAndMayNotBeMadeIsNamed() throws Exception {
        cluster.allow("get", "update", "patch");
        assertThatThrownBy(this::open)
                .hasMessage(
                        "cannot use the state's Secret: the Secret shop/app-node is not there, and the service account may not create it: create it, or give it the verb create on secrets");
    }

    @Test
    void aTokenThatIsReplacedIsReadAgain() throws Exception {
        cluster.tokenIs("of a deleted account");
        assertThatThrownBy(this::open)
                .hasMessageContaining(
                        "does not know this pod's service account (\"Unauthorized\")");
        cluster.tokenIs("pod-token\n");
        try (SecretStateStore store = open()) {
            assertThat(store.describe()).isEqualTo("the Secret shop/app-node");
        }
    }

    @Test
    void onlyTheClustersOwnAuthorityIsBelieved() throws Exception {
        Files.writeString(
                root.resolve("var/run/secrets/kubernetes.io/serviceaccount/ca.crt"), "none");
        assertThatThrownBy(this::open)
                .hasMessageContaining("is signed by nobody this machine trusts");
    }

    @Test
    void aPlaceWithoutAClusterIsNamed() {
        assertThatThrownBy(() -> Cluster.find(Map.of(), root))
                .hasMessageContaining("KUBERNETES_SERVICE_HOST is not set");
        Path bare = root.resolve("bare");
        assertThatThrownBy(() -> Cluster.find(cluster.environment(), bare))
                .hasMessageContaining("this pod has no service account");
        assertThat(Cluster.hasAccount(bare)).isFalse();
        assertThat(Cluster.hasAccount(root)).isTrue();
        assertThatThrownBy(() -> cluster.api("../x")).hasMessageContaining("\"../x\" cannot be");
    }
}
