package dev.remora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.proto.control.DerpMapInfo;
import dev.remora.proto.control.DerpNodeInfo;
import dev.remora.proto.control.DnsRecord;
import dev.remora.server.tailnet.Change;
import dev.remora.server.tls.KeptCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProgramTest {
    /// The capability version of release 1.82.
    private static final long KNOWS_PINS = 115;

    @TempDir private Path temp;

    private ServerProgram start(String... words) throws Exception {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--state=" + temp.resolve("state"),
                                "--listen=127.0.0.1:0",
                                "--stun=off"));
        all.addAll(List.of(words));
        return ServerProgram.start(ServerFlags.parse(all));
    }

    @Test
    void aCertificateForAnotherHostIsRefused() throws Exception {
        KeptCertificate.in(temp, "10.0.0.1", Instant.now());
        String files = "--tls=" + temp.resolve("cert.pem") + "," + temp.resolve("key.pem");

        assertThatThrownBy(() -> start(files, "--url=https://vpn.example.com"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not for vpn.example.com");
        start(files, "--url=https://10.0.0.1").close();
    }

    @Test
    void aServerBelowItsOwnDomainIsRefused() {
        assertThatThrownBy(
                        () -> start("--url=https://vpn.example.com", "--base-domain=example.com"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("must not be below example.com");
    }

    @Test
    void aWrongPolicyKeepsItFromStarting() throws Exception {
        Path policy = Files.writeString(temp.resolve("policy"), "{\n \"acls\": 7}");

        assertThatThrownBy(() -> start("--url=https://127.0.0.1", "--policy=" + policy))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 2");
    }

    @Test
    void recordsAreReadAgainWhenTheirFileChanges() throws Exception {
        Path file = Files.writeString(temp.resolve("records"), "[]");
        try (ServerProgram server =
                start("--url=https://127.0.0.1", "--extra-records=" + file, "--dns=9.9.9.9")) {
            CompletableFuture<List<DnsRecord>> told = new CompletableFuture<>();
            server.tailnet()
                    .listen(change -> {
                        List<DnsRecord> now = server.tailnet().dns().extraRecords();
                        if (change instanceof Change.DnsChanged && now != null) {
                            told.complete(now);
                        }
                    });
            Files.writeString(file, "[{\"name\":\"a.b\",\"type\":\"A\",\"value\":\"100.64.0.3\"}]");

            assertThat(told.get(30, TimeUnit.SECONDS))
                    .containsExactly(new DnsRecord("a.b", "A", "100.64.0.3"));
            assertThat(Objects.requireNonNull(server.tailnet().dns().resolvers())).hasSize(1);
        }
    }

    @Test
    void withoutTlsOfItsOwnTheRelayHasOneByFingerprint() throws Exception {
        try (ServerProgram server =
                start("--tls=off", "--url=http://127.0.0.1:80", "--relay=127.0.0.1:0")) {
            DerpNodeInfo relay = relay(server, KNOWS_PINS);
            assertThat(relay.certName()).startsWith("sha256-raw:");
            assertThat(relay.insecureForTests()).isFalse();
            assertThat(relay.derpPort()).isPositive();
            assertThat(relay.stunPort()).isNegative();

            DerpNodeInfo forOld = relay(server, KNOWS_PINS - 1);
            assertThat(forOld.certName()).isNull();
            assertThat(forOld.insecureForTests()).isTrue();
            assertThat(forOld.derpPort()).isEqualTo(relay.derpPort());
        }
    }

    @Test
    void whoKnowsNoFingerprintsIsSentToTheServerItselfIfThatHasTls() throws Exception {
        try (ServerProgram server = start("--url=https://127.0.0.1", "--relay=127.0.0.1:0")) {
            assertThat(relay(server, KNOWS_PINS).certName()).startsWith("sha256-raw:");

            DerpNodeInfo forOld = relay(server, KNOWS_PINS - 1);
            assertThat(forOld.certName()).isNull();
            assertThat(forOld.insecureForTests()).isFalse();
            assertThat(forOld.derpPort()).isEqualTo(443);
        }
    }

    /// `sha256-raw:` is how a DERP map names a certificate that only its fingerprint vouches for.
    @Test
    void othersRelaysThatArePinnedAreToldToWhoKnowsFingerprints() throws Exception {
        Path map =
                Files.writeString(
                        temp.resolve("map.json"),
                        """
                        {"Regions": {
                          "901": {"RegionID": 901, "Nodes": [
                            {"Name": "901a", "RegionID": 901, "HostName": "10.0.0.1", "CertName": "sha256-raw:00"}]},
                          "902": {"RegionID": 902, "RegionCode": "two", "Nodes": [
                            {"Name": "902a", "RegionID": 902, "HostName": "10.0.0.2", "CertName": "sha256-raw:00"},
                            {"Name": "902b", "RegionID": 902, "HostName": "10.0.0.3", "CertName": "relay.example"}]}}}
                        """);
        try (ServerProgram server = start("--url=https://127.0.0.1", "--derp-map=" + map)) {
            assertThat(names(server, KNOWS_PINS)).contains("901a", "902a", "902b");
            assertThat(names(server, KNOWS_PINS - 1))
                    .contains("902b")
                    .doesNotContain("901a", "902a");
        }
    }

    private static List<String> names(ServerProgram server, long capabilityVersion) {
        DerpMapInfo map = server.tailnet().relays().forVersion(capabilityVersion);
        return Objects.requireNonNull(map.regions()).values().stream()
                .flatMap(region -> Objects.requireNonNull(region.nodes()).stream())
                .map(DerpNodeInfo::name)
                .toList();
    }

    private static DerpNodeInfo relay(ServerProgram server, long capabilityVersion) {
        DerpMapInfo map = server.tailnet().relays().forVersion(capabilityVersion);
        var region = Objects.requireNonNull(map.regions()).get("999");
        return Objects.requireNonNull(Objects.requireNonNull(region).nodes()).getFirst();
    }
}
