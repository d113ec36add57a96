package dev.remora.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptCertificateTest {
    private static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

    @TempDir private Path directory;

    @Test
    void staysTheSameForTheSameHost() throws Exception {
        ServerCertificate made = KeptCertificate.in(directory, "10.0.0.1", NOW);

        assertThat(made.covers("10.0.0.1")).isTrue();
        assertThat(made.covers("10.0.0.2")).isFalse();
        assertThat(KeptCertificate.in(directory, "10.0.0.1", NOW).chain()).isEqualTo(made.chain());
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(directory.resolve("key.pem"))))
                .isEqualTo("rw-------");
    }

    @Test
    void isMadeAnewForAnotherHostAndBeforeItEnds() throws Exception {
        ServerCertificate first = KeptCertificate.in(directory, "10.0.0.1", NOW);
        ServerCertificate named = KeptCertificate.in(directory, "vpn.example.com", NOW);
        Instant late = NOW.plus(Duration.ofDays(3650 - 10));
        ServerCertificate renewed = KeptCertificate.in(directory, "vpn.example.com", late);

        assertThat(named.chain()).isNotEqualTo(first.chain());
        assertThat(named.covers("VPN.example.com")).isTrue();
        assertThat(renewed.chain()).isNotEqualTo(named.chain());
        assertThat(renewed.fingerprint()).hasSize(64);
    }
}
