package dev.remora.io.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Bytes32;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLSessionContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTrustTest {
    private static final Path RESOURCES = Path.of("src/test/resources/tls");
    private static final ServerIdentity CONTROL = new ServerIdentity.Named("control.test");

    @TempDir Path directory;

    @Test
    void trustsAnAuthorityOfTheNamedFile() throws Exception {
        assertThat(failure(trusting("ca.pem"), CONTROL, "server.pem")).isEmpty();
    }

    @Test
    void trustsAnAuthorityOfTheNamedDirectories() throws Exception {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Path full = Files.createDirectory(directory.resolve("full"));
        Files.copy(RESOURCES.resolve("other-ca.pem"), full.resolve("a.pem"));
        Files.copy(RESOURCES.resolve("ca.pem"), full.resolve("b.pem"));
        Files.createSymbolicLink(full.resolve("0a1b2c3d.0"), Path.of("b.pem"));
        TlsTrust trust = TlsTrust.of(Optional.of("/no/such/file"), Optional.of(empty + ":" + full));

        assertThat(failure(trust, CONTROL, "server.pem")).isEmpty();
    }

    @Test
    void readsPastWhatIsNoCertificate() throws Exception {
        Path bundle = directory.resolve("bundle.pem");
        Files.writeString(
                bundle,
                "# a comment\n-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
                        + "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"
                        + Files.readString(RESOURCES.resolve("ca.pem"))
                        + "-----BEGIN CERTIFICATE-----\nMIIB");
        TlsTrust trust = TlsTrust.of(Optional.of(bundle.toString()), Optional.of("/no/such"));

        assertThat(failure(trust, CONTROL, "server.pem")).isEmpty();
    }

    @Test
    void refusesAnUnknownAuthority() throws Exception {
        assertThat(failure(trusting("other-ca.pem"), CONTROL, "server.pem").orElseThrow())
                .contains("unknown authority");
    }

    @Test
    void seesAnAuthorityThatIsInstalledLater() throws Exception {
        Path bundle =
                Files.copy(RESOURCES.resolve("other-ca.pem"), directory.resolve("bundle.pem"));
        TlsTrust trust = TlsTrust.of(Optional.of(bundle.toString()), Optional.of("/no/such"));
        assertThat(failure(trust, CONTROL, "server.pem")).isPresent();

        Files.writeString(
                bundle, Files.readString(RESOURCES.resolve("ca.pem")), StandardOpenOption.APPEND);

        assertThat(failure(trust, CONTROL, "server.pem")).isEmpty();
    }

    @Test
    void refusesAnotherName() throws Exception {
        ServerIdentity other = new ServerIdentity.Named("other.test");

        assertThat(failure(trusting("ca.pem"), other, "server.pem").orElseThrow())
                .contains("No subject alternative DNS name matching other.test");
    }

    @Test
    void refusesAnExpiredCertificate() throws Exception {
        assertThat(failure(trusting("ca.pem"), CONTROL, "expired.pem").orElseThrow())
                .contains("certificate_expired");
    }

    @Test
    void comparesTheNameThatTheCertificateShouldSay() throws Exception {
        ServerIdentity fronted = new ServerIdentity.Named("front.test", "control.test");

        assertThat(failure(trusting("ca.pem"), fronted, "server.pem")).isEmpty();
    }

    @Test
    void checksAnAddressAsItStands() throws Exception {
        ServerIdentity address = new ServerIdentity.Named("127.0.0.1");

        assertThat(failure(trusting("ca.pem"), address, "server.pem")).isEmpty();
    }

    @Test
    void acceptsExactlyThePinnedCertificate() throws Exception {
        Bytes32 sha256 = sha256("server.pem");
        ServerIdentity pin = new ServerIdentity.Pinned("control.test", sha256);
        ServerIdentity other = new ServerIdentity.Pinned("other.test", sha256);
        ServerIdentity address = new ServerIdentity.Pinned("192.0.2.1", sha256);

        assertThat(failure(trusting("other-ca.pem"), pin, "server.pem")).isEmpty();
        assertThat(failure(trusting("other-ca.pem"), address, "server.pem")).isEmpty();
        assertThat(failure(trusting("ca.pem"), other, "server.pem").orElseThrow())
                .contains("does not name other.test");
        assertThat(failure(trusting("ca.pem"), pin, "expired.pem").orElseThrow())
                .contains("not the one certificate");
    }

    @Test
    void acceptsAnyoneWhereAnotherLayerAuthenticates() throws Exception {
        ServerIdentity anyone = new ServerIdentity.Anyone("whoever.test");

        assertThat(failure(trusting("other-ca.pem"), anyone, "expired.pem")).isEmpty();
    }

    @Test
    void resumesNoSessionOfAnEarlierConnection() {
        TlsTrust trust = trusting("ca.pem");

        assertThat(sessionsOf(trust, CONTROL)).isNotSameAs(sessionsOf(trust, CONTROL));
        assertThat(sessionsOf(trust, new ServerIdentity.Anyone("a.test")))
                .isNotSameAs(sessionsOf(trust, new ServerIdentity.Anyone("a.test")));
    }

    private static SSLSessionContext sessionsOf(TlsTrust trust, ServerIdentity identity) {
        return trust.handler(UnpooledByteBufAllocator.DEFAULT, identity, 443, Runnable::run)
                .engine()
                .getSession()
                .getSessionContext();
    }

    private static TlsTrust trusting(String file) {
        return TlsTrust.of(
                Optional.of(RESOURCES.resolve(file).toString()), Optional.of("/no/such/directory"));
    }

    private static Bytes32 sha256(String file) throws Exception {
        try (InputStream in = Files.newInputStream(RESOURCES.resolve(file))) {
            byte[] der =
                    CertificateFactory.getInstance("X.509").generateCertificate(in).getEncoded();
            return Bytes32.of(MessageDigest.getInstance("SHA-256").digest(der));
        }
    }

    /// Shakes hands in memory; empty when that succeeds, else why the client refused.
    private static Optional<String> failure(TlsTrust trust, ServerIdentity identity, String file)
            throws Exception {
        SslHandler server =
                SslContextBuilder.forServer(
                                RESOURCES.resolve(file).toFile(),
                                RESOURCES.resolve("server.key").toFile())
                        .sslProvider(SslProvider.JDK)
                        .build()
                        .newHandler(UnpooledByteBufAllocator.DEFAULT, Runnable::run);
        SslHandler client =
                trust.handler(UnpooledByteBufAllocator.DEFAULT, identity, 443, Runnable::run);
        EmbeddedChannel serverSide = new EmbeddedChannel(server);
        EmbeddedChannel clientSide = new EmbeddedChannel(client);
        while (!client.handshakeFuture().isDone()
                && move(clientSide, serverSide) | move(serverSide, clientSide)) {}
        Throwable cause = client.handshakeFuture().cause();
        clientSide.close();
        serverSide.close();
        return Optional.ofNullable(cause).map(c -> c + " " + c.getCause());
    }

    private static boolean move(EmbeddedChannel from, EmbeddedChannel to) {
        boolean moved = false;
        from.runPendingTasks();
        for (ByteBuf bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
            moved = true;
            try {
                to.writeInbound(bytes);
            } catch (Exception e) {
                return true; // the handshake failed: its future says how
            }
        }
        return moved;
    }
}
