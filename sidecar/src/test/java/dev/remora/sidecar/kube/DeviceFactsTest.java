package dev.remora.sidecar.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.sidecar.kube.DeviceFacts.Device;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceFactsTest {
    private static final String NAME = "app-node";
    private static final Device DEVICE =
            new Device("n1", "app.tail.test.", List.of("100.64.0.1", "fd7a::1"));

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
    void whoTheNodeIsStandsInTheSecretUnderTheOfficialNames() throws Exception {
        cluster.put(NAME, Map.of("_machinekey", "privkey:1", "https_endpoint", "old"));
        try (SecretApi api = cluster.api(NAME)) {
            new DeviceFacts(api).write(DEVICE, "pod-1");
        }
        assertThat(cluster.entries(NAME))
                .isEqualTo(
                        Map.of(
                                "_machinekey", "privkey:1",
                                "device_id", "n1",
                                "device_fqdn", "app.tail.test.",
                                "device_ips", "[\"100.64.0.1\",\"fd7a::1\"]",
                                "pod_uid", "pod-1",
                                "tailscale_capver", "142"));
    }

    @Test
    void theSameIsNotWrittenTwice() throws Exception {
        cluster.put(NAME, Map.of());
        try (SecretApi api = cluster.api(NAME)) {
            DeviceFacts facts = new DeviceFacts(api);
            facts.write(DEVICE, "");
            facts.write(DEVICE, "");
            facts.write(new Device("n1", "b.tail.test.", List.of()), "");
        }
        assertThat(cluster.asked()).hasSize(2);
        assertThat(cluster.entries(NAME))
                .containsEntry("device_fqdn", "b.tail.test.")
                .doesNotContainKey("pod_uid");
    }

    @Test
    void theUsersKeyIsReadAndRemovedAloneAndOnce() throws Exception {
        cluster.put(NAME, Map.of("authkey", " tskey-auth-x\n", "mine", "1"));
        try (SecretApi api = cluster.api(NAME)) {
            DeviceFacts facts = new DeviceFacts(api);
            assertThat(facts.authKey()).isEqualTo("tskey-auth-x");
            facts.removeAuthKey();
            facts.removeAuthKey();
            assertThat(facts.authKey()).isEmpty();
        }
        assertThat(cluster.entries(NAME)).isEqualTo(Map.of("mine", "1"));
        assertThat(cluster.asked()).filteredOn(asked -> asked.startsWith("PATCH")).hasSize(1);
    }

    @Test
    void aMissingRightIsNamedWithTheServersWords() throws Exception {
        cluster.put(NAME, Map.of());
        cluster.allow("get");
        try (SecretApi api = cluster.api(NAME)) {
            assertThatThrownBy(() -> new DeviceFacts(api).write(DEVICE, ""))
                    .hasMessage(
                            "the service account may not patch the Secret app-node: give it a Role with the verb patch on secrets"
                                    + " (\"secrets \"app-node\" is forbidden: User \"system:serviceaccount:shop:app\" cannot patch resource \"secrets\" in API group \"\" in the namespace \"shop\"\")");
        }
    }

    @Test
    void aSecretThatIsNotThereHasNoKey() throws Exception {
        try (SecretApi api = cluster.api(NAME)) {
            assertThat(new DeviceFacts(api).authKey()).isEmpty();
        }
    }
}
