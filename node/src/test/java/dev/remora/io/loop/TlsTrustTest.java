package dev.remora.io.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Bytes32;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTrustTest {
    private static final Path RESOURCES = Path.of("src/test/resources/tls");
    private static final int PRE_SHARED_KEY = 41;
    private static final int KEY_SHARE = 51;
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
    void oneFileAloneIsTrustedAndNobodyInItsPlace() throws Exception {
        Path empty = Files.createFile(directory.resolve("empty.pem"));

        assertThat(failure(TlsTrust.only(RESOURCES.resolve("ca.pem")), CONTROL, "server.pem"))
                .isEmpty();
        assertThat(failure(TlsTrust.only(empty), CONTROL, "server.pem").orElseThrow())
                .contains("unknown authority");
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
    void asksForNoSessionOfAnEarlierConnection() throws Exception {
        TlsTrust trust = trusting("ca.pem");
        assertThat(shakenHands(trust, CONTROL, server("server.pem")).handshakeFuture().isSuccess())
                .isTrue();

        SslHandler second = trust.handler(CONTROL, 443, Runnable::run);

        ByteBuf clientHello = new EmbeddedChannel(second).readOutbound();
        assertThat(extensions(clientHello)).contains(KEY_SHARE).doesNotContain(PRE_SHARED_KEY);
    }

    /// The types of a ClientHello's extensions (RFC 8446, section 4.1.2), the record's header before it.
    private static List<Integer> extensions(ByteBuf clientHello) {
        clientHello.skipBytes(5 + 4 + 2 + 32); // headers, version, random
        clientHello.skipBytes(clientHello.readUnsignedByte()); // session id
        clientHello.skipBytes(clientHello.readUnsignedShort()); // cipher suites
        clientHello.skipBytes(clientHello.readUnsignedByte()); // compression methods
        int end = clientHello.readUnsignedShort() + clientHello.readerIndex();
        List<Integer> types = new ArrayList<>();
        while (clientHello.readerIndex() < end) {
            types.add(clientHello.readUnsignedShort());
            clientHello.skipBytes(clientHello.readUnsignedShort());
        }
        return types;
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
        Throwable cause = shakenHands(trust, identity, server(file)).handshakeFuture().cause();
        return Optional.ofNullable(cause).map(c -> c + " " + c.getCause());
    }

    private static SslContext server(String file) throws Exception {
        return SslContextBuilder.forServer(
                        RESOURCES.resolve(file).toFile(), RESOURCES.resolve("server.key").toFile())
                .sslProvider(SslProvider.JDK)
                .build();
    }

    private static SslHandler shakenHands(
            TlsTrust trust, ServerIdentity identity, SslContext server) {
        SslHandler client = trust.handler(identity, 443, Runnable::run);
        EmbeddedChannel serverSide =
                new EmbeddedChannel(
                        server.newHandler(UnpooledByteBufAllocator.DEFAULT, Runnable::run));
        EmbeddedChannel clientSide = new EmbeddedChannel(client);
        while (move(clientSide, serverSide) | move(serverSide, clientSide)) {}
        clientSide.close();
        serverSide.close();
        return client;
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
