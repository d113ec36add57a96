package dev.remora.sidecar.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The manifests that users get, against the API's own description of these kinds, and against what the Pod Security standard "restricted" asks of a pod.
class ManifestsTest {
    private static final Path MANIFESTS = Path.of("../examples/kubernetes");
    private static final Path SCHEMA = Path.of("src/test/resources/kubernetes/schema.json");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private static final Map<String, String> DEFINITIONS =
            Map.of(
                    "Secret", "io.k8s.api.core.v1.Secret",
                    "ServiceAccount", "io.k8s.api.core.v1.ServiceAccount",
                    "Role", "io.k8s.api.rbac.v1.Role",
                    "RoleBinding", "io.k8s.api.rbac.v1.RoleBinding",
                    "Deployment", "io.k8s.api.apps.v1.Deployment",
                    "Job", "io.k8s.api.batch.v1.Job");

    static List<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.list(MANIFESTS)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    private static List<JsonNode> documents(Path manifest) throws IOException {
        return YAML.readerFor(JsonNode.class).<JsonNode>readValues(manifest.toFile()).readAll();
    }

    private static List<JsonNode> workloads(Path manifest) throws IOException {
        return documents(manifest).stream()
                .filter(document -> document.at("/spec/template/spec").isObject())
                .toList();
    }

    private static Set<ValidationMessage> complaints(JsonNode document) throws IOException {
        ObjectNode schema = (ObjectNode) new ObjectMapper().readTree(SCHEMA.toFile());
        String definition = DEFINITIONS.getOrDefault(document.path("kind").asText(), "none");
        schema.put("$ref", "#/definitions/" + definition);
        return JsonSchemaFactory.getInstance(VersionFlag.V7).getSchema(schema).validate(document);
    }

    /// Sidecar and app.
    private static List<JsonNode> containers(JsonNode workload) {
        List<JsonNode> containers = new ArrayList<>();
        workload.at("/spec/template/spec/initContainers").forEach(containers::add);
        workload.at("/spec/template/spec/containers").forEach(containers::add);
        return containers;
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everyDocumentIsWhatTheApiDescribes(Path manifest) throws IOException {
        assertThat(documents(manifest)).isNotEmpty();
        for (JsonNode document : documents(manifest)) {
            assertThat(complaints(document)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void aMisspeltMemberAndAWrongTypeWouldBeNoticed(Path manifest) throws IOException {
        for (JsonNode workload : workloads(manifest)) {
            ObjectNode sidecar = (ObjectNode) workload.at("/spec/template/spec/initContainers/0");
            sidecar.put("restartpolicy", "Always");
            assertThat(complaints(workload)).hasSize(1);
            sidecar.remove("restartpolicy");
            sidecar.withArray("env").addObject().put("name", "TS_AUTH_ONCE").put("value", true);
            assertThat(complaints(workload)).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void theNodeIsANativeSidecarWithProbesAndAMemoryLimit(Path manifest) throws IOException {
        assertThat(workloads(manifest)).hasSize(1);
        JsonNode sidecar =
                workloads(manifest).getFirst().at("/spec/template/spec/initContainers/0");

        assertThat(sidecar.path("restartPolicy").asText()).isEqualTo("Always");
        assertThat(sidecar.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/livez");
        assertThat(
                        sidecar.at("/readinessProbe/httpGet/path").asText("")
                                + sidecar.at("/startupProbe/httpGet/path").asText(""))
                .startsWith("/readyz");
        assertThat(sidecar.at("/resources/limits/memory").asText())
                .isEqualTo(sidecar.at("/resources/requests/memory").asText())
                .isEqualTo("128Mi");
        assertThat(sidecar.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    }

    /// https://kubernetes.io/docs/concepts/security/pod-security-standards, "Restricted".
    @ParameterizedTest
    @MethodSource("manifests")
    void everyPodKeepsTheRestrictedPodSecurityStandard(Path manifest) throws IOException {
        for (JsonNode workload : workloads(manifest)) {
            JsonNode pod = workload.at("/spec/template/spec");
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.at("/securityContext/runAsUser").asInt()).isEqualTo(65532);
            assertThat(pod.at("/securityContext/seccompProfile/type").asText())
                    .isEqualTo("RuntimeDefault");
            for (String shared : List.of("hostNetwork", "hostPID", "hostIPC")) {
                assertThat(pod.has(shared)).isFalse();
            }
            pod.path("volumes").forEach(volume -> assertThat(volume.has("hostPath")).isFalse());
            for (JsonNode container : containers(workload)) {
                JsonNode context = container.path("securityContext");
                assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
                assertThat(context.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
                assertThat(context.at("/capabilities/add").isMissingNode()).isTrue();
                assertThat(context.path("privileged").asBoolean()).isFalse();
                assertThat(container.path("ports").findValues("hostPort")).isEmpty();
            }
        }
    }

    /// What the sidecar asks its service account for is what the Role gives.
    @ParameterizedTest
    @MethodSource("manifests")
    void theRoleIsForTheSecretThatTheNodeUses(Path manifest) throws IOException {
        List<JsonNode> roles =
                documents(manifest).stream()
                        .filter(document -> document.path("kind").asText().equals("Role"))
                        .toList();
        String secret = "";
        for (JsonNode variable :
                workloads(manifest).getFirst().at("/spec/template/spec/initContainers/0/env")) {
            if (variable.path("name").asText().equals("TS_KUBE_SECRET")) {
                secret = variable.path("value").asText();
            }
        }
        if (secret.isEmpty()) {
            assertThat(roles).isEmpty();
        } else {
            assertThat(roles.getFirst().at("/rules/1/resourceNames/0").asText()).isEqualTo(secret);
            assertThat(roles.getFirst().at("/rules/1/verbs").toString())
                    .isEqualTo("[\"get\",\"update\",\"patch\"]");
        }
    }
}
