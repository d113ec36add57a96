package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.net.Host;
import dev.remora.lab.peers.ContainerNode;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.KubeApi;
import dev.remora.lab.peers.OfficialContainer;
import dev.remora.lab.peers.Programs;
import dev.remora.lab.peers.TailnetDaemon;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// What a pod asks of its cluster, of a real API server: it takes the manifests that users get, its Role is enough, and a node's state in a Secret outlives the pod.
@Tag("host")
@ExtendWith(LabExtension.class)
@EnabledIf(
        value = "isThereAnApiServer",
        disabledReason = "there is no Kubernetes API server: lab/kube/install.sh builds one")
class KubernetesTest {
    private static final Duration SOON = Ways.SOON;

    private static Lab lab;
    private static Headscale headscale;
    private static KubeApi api;

    static boolean isThereAnApiServer() {
        return Programs.kubeInstalled();
    }

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        headscale = lab.headscale();
        api = KubeApi.start(lab.host("kube"), lab.authority());
        manifests("deployment").forEach(api::apply);
        manifests("job").forEach(api::apply);
    }

    /// The documents of an example.
    private static List<String> manifests(String name) {
        Path file = Programs.repository().resolve("examples/kubernetes/" + name + ".yaml");
        try {
            return List.of(Files.readString(file).split("(?m)^---\n"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// A pod as a controller would make it of an example's last document.
    private static Map<String, Object> pod(String name) {
        String workload = manifests(name).getLast();
        Object tree = new Load(LoadSettings.builder().build()).loadFromString(workload);
        Map<String, Object> pod = new LinkedHashMap<>();
        pod.put("apiVersion", "v1");
        pod.put("kind", "Pod");
        pod.put("metadata", Map.of("name", name));
        pod.put("spec", new Json(tree).at("spec").at("template").at("spec").value());
        return pod;
    }

    @ParameterizedTest
    @ValueSource(strings = {"deployment", "job"})
    void podsOfTheExamplesPassTheRestrictedStandard(String example) {
        String pods = KubeApi.path("pods", "").replaceFirst("/$", "") + "?dryRun=All";
        Map<String, Object> pod = pod(example);
        KubeApi.Answer taken = api.ask("POST", pods, new Json(pod).toString());
        assertThat(taken.status()).as(taken.toString()).isEqualTo(201);

        pod.put("spec", withHostNetwork(new Json(pod.get("spec"))));
        KubeApi.Answer refused = api.ask("POST", pods, new Json(pod).toString());
        assertThat(refused.body().at("message").text()).contains("violates PodSecurity");
    }

    private static Map<String, Object> withHostNetwork(Json spec) {
        Map<String, Object> changed = new LinkedHashMap<>();
        spec.names().forEach(name -> changed.put(name, spec.at(name).value()));
        changed.put("hostNetwork", true);
        return changed;
    }

    /// What a pod of the example has around it, with another Secret for its state.
    private static Map<String, String> environment(String secret, String hostname) {
        Map<String, String> env = new HashMap<>(api.environment());
        env.put("TS_KUBE_SECRET", secret);
        env.put("TS_HOSTNAME", hostname);
        env.put("TS_USERSPACE", "true");
        env.put("TS_EXTRA_ARGS", "--login-server=" + headscale.url());
        env.put("POD_UID", "uid-of-" + hostname);
        return env;
    }

    /// @param hostName also the pod's
    private static ContainerNode node(String hostName, String account, String secret, String key) {
        Host host = lab.host(hostName);
        api.mount(host.folder("root"), account);
        Map<String, String> env = environment(secret, "app");
        env.put("TS_AUTHKEY", key);
        return ContainerNode.on(host, lab.authority(), false, env);
    }

    private static void awaitEntry(String secret, String entry, String value) {
        Await.until(
                secret + " to have " + entry + " " + value,
                SOON,
                () -> value.equals(api.secret(secret).get(entry)));
    }

    @Test
    void whoeverHasTheSecretIsTheNode() {
        String secret = "flask-app-node"; // as the example's Role names it
        ContainerNode first = node("pod-1", "flask-app", secret, headscale.authKey());
        first.start();
        first.awaitRunning();
        String address = first.ip4();
        awaitEntry(secret, "pod_uid", "uid-of-app");
        assertThat(api.secret(secret))
                .containsEntry("device_fqdn", "app." + Headscale.DOMAIN + ".")
                .containsKeys("_machinekey", "_profiles", "_current-profile", "device_id");
        assertThat(api.secret(secret).get("device_ips")).contains('"' + address + '"');
        first.kill();

        // no key, no volume: the Secret is all that the next pod has, and the one after it
        ContainerNode second = node("pod-2", "flask-app", secret, "");
        assertIs(second, address);
        second.stop();
        Host host = lab.host("pod-3");
        api.mount(host.folder("root"), "flask-app");
        OfficialContainer official =
                OfficialContainer.on(
                        host, lab.authority(), host.folder("root"), environment(secret, "app"));
        assertIs(official, address);
        official.stop();
        ContainerNode third = node("pod-4", "flask-app", secret, "");
        assertIs(third, address);

        // whoever removes it takes nothing from a node that runs: it is made again when there is
        // something to write
        assertThat(api.ask("DELETE", KubeApi.path("secrets", secret)).status()).isEqualTo(200);
        third.cli("set", "--shields-up").orThrow();
        Await.until(
                "the Secret to be there again",
                SOON,
                () -> api.secret(secret).containsKey("_machinekey"));

        // and what changes while the API server is away is written when it is back
        Map<String, String> before = api.secret(secret);
        api.stop();
        third.cli("set", "--shields-up=false");
        assertThat(third.cli("status").stdout()).contains("Cannot write to the Secret", address);
        api.start();
        Await.until("the change to be written", SOON, () -> !api.secret(secret).equals(before));
        third.stop();
    }

    private static void assertIs(TailnetDaemon node, String address) {
        node.start();
        node.awaitRunning();
        assertThat(node.ip4()).isEqualTo(address);
    }

    private static final String ROLE =
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata:
              name: poor
            rules:
              - apiGroups: [""]
                resources: [secrets]
                verbs: [%s]
            """;
    private static final String BINDING =
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata:
              name: poor
            roleRef:
              apiGroup: rbac.authorization.k8s.io
              kind: Role
              name: poor
            subjects:
              - kind: ServiceAccount
                name: poor
            """;

    @Test
    void aMissingRightIsNamedAndEnoughAsSoonAsItIsGiven() {
        api.apply("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: poor\n");
        api.apply(BINDING);
        ContainerNode node = node("pod-poor", "poor", "poor-node", headscale.authKey());
        node.start();
        Await.until(
                "the missing right",
                SOON,
                () ->
                        node.cli("status")
                                .stdout()
                                .contains("the service account may not get the Secret poor-node"));

        api.apply(ROLE.formatted("get, update"));
        Await.until(
                "the other missing right",
                SOON,
                () -> node.cli("status").stdout().contains("the verb create on secrets"));
        api.apply(ROLE.formatted("get, update, create"));
        node.awaitRunning();

        // without the right to patch the state is written whole, and nothing beside it
        assertThat(api.secret("poor-node"))
                .containsKey("_machinekey")
                .doesNotContainKey("device_id");
        node.stop();
    }
}
