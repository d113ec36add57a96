package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.kube.DeviceFacts.Device;
import dev.remora.sidecar.kube.FakeCluster;
import dev.remora.sidecar.kube.SecretApi;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodSecretTest {
    private static final String NAME = "app-node";
    private static final Device DEVICE = new Device("n1", "app.test.", List.of("100.64.0.1"));

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

    @Test
    void aKeyThatIsUsedOnceIsRemovedWhenTheNodeIsIn() throws Exception {
        cluster.put(NAME, Map.of("authkey", "tskey-auth-x"));
        try (SecretApi api = cluster.api(NAME)) {
            PodSecret secret = new PodSecret(api, true, "pod-1");
            assertThat(secret.authKey()).isEqualTo("tskey-auth-x");
            secret.onMember(DEVICE);
        }
        assertThat(cluster.entries(NAME))
                .doesNotContainKey("authkey")
                .containsEntry("pod_uid", "pod-1")
                .containsEntry("device_id", "n1");
    }

    @Test
    void aKeyThatIsStatedAtEachStartStays() throws Exception {
        cluster.put(NAME, Map.of("authkey", "tskey-auth-x"));
        try (SecretApi api = cluster.api(NAME)) {
            new PodSecret(api, false, "").onMember(DEVICE);
        }
        assertThat(cluster.entries(NAME)).containsEntry("authkey", "tskey-auth-x");
    }

    @Test
    void aClusterThatRefusesKeepsNobodyFromRunning() throws Exception {
        cluster.put(NAME, Map.of("authkey", "tskey-auth-x"));
        try (SecretApi api = cluster.api(NAME)) {
            PodSecret secret = new PodSecret(api, true, "");
            secret.authKey();
            cluster.allow();
            assertThat(secret.authKey()).isEqualTo("tskey-auth-x");
            assertThat(secret.lastKey()).isEqualTo("tskey-auth-x");
        }
    }

    @Test
    void aPodWithAServiceAccountKeepsItsStateInASecretUnlessItIsToldNotTo() throws Exception {
        assertThat(state(root)).isEqualTo("--state=kube:tailscale");
        assertThat(state(root, "TS_KUBE_SECRET", NAME)).isEqualTo("--state=kube:" + NAME);
        assertThat(state(root, "TS_KUBE_SECRET", "")).isEqualTo("--state=mem:");
        assertThat(state(root.resolve("bare"))).isEqualTo("--state=mem:");
        assertThat(state(root, "TS_STATE_DIR", "/s")).isEqualTo("--state=kube:tailscale");
    }

    /// The daemon's flag for a pod whose file system begins at `root`.
    private String state(Path root, String... nameAndValue) throws Exception {
        Map<String, String> variables = new HashMap<>(cluster.environment());
        variables.put("TS_TEST_ONLY_ROOT", root.toString());
        if (nameAndValue.length > 0) {
            variables.put(nameAndValue[0], nameAndValue[1]);
        }
        BootSettings settings = SettingsReader.read(Environment.of(variables));
        return Words.ofDaemon(settings.daemon()).get(1);
    }
}
