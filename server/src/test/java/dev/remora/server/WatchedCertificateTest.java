package dev.remora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.io.loop.EngineLoop;
import dev.remora.server.http.HttpServer;
import dev.remora.server.http.HttpSettings;
import dev.remora.server.http.Routes;
import dev.remora.server.tls.KeptCertificate;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedCertificateTest {
    private static final String HOST = "127.0.0.1";

    @TempDir private Path temp;
    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
    private final EngineLoop loop = EngineLoop.start("test");
    private RelayFlags.Tls.Files files;

    @BeforeEach
    void makeFiles() throws Exception {
        make("live");
        files = new RelayFlags.Tls.Files(temp.resolve("live/cert.pem"), key("live"));
    }

    @AfterEach
    void end() {
        timers.shutdownNow();
        loop.close();
    }

    private void make(String folder) throws Exception {
        KeptCertificate.in(Files.createDirectory(temp.resolve(folder)), HOST, Instant.now());
    }

    private Path key(String folder) {
        return temp.resolve(folder).resolve("key.pem");
    }

    @Test
    void aRenewedCertificateIsShownWithoutARestartAndNotBeforeItsKeyIsThere() throws Exception {
        make("next");
        BlockingQueue<String> looks = new LinkedBlockingQueue<>();
        WatchedCertificate.Watched watched =
                WatchedCertificate.start(files, read -> read, Runnable::run, timers);
        try (HttpServer server =
                        HttpServer.start(
                                loop,
                                HttpSettings.of(
                                        new InetSocketAddress(HOST, 0), Optional.of(watched.tls())),
                                Routes.none());
                AutoCloseable watch = watched.watch()) {
            Certificate first = shown(server);
            replace("cert.pem");
            timers.scheduleWithFixedDelay(() -> looks.add("looked"), 1, 1, TimeUnit.SECONDS);
            assertThat(looks.poll(30, TimeUnit.SECONDS)).isNotNull();
            assertThat(looks.poll(30, TimeUnit.SECONDS)).isNotNull();
            assertThat(shown(server)).isEqualTo(first);

            replace("key.pem");
            Certificate now = first;
            for (int i = 0; i < 30 && now.equals(first); i++) {
                assertThat(looks.poll(30, TimeUnit.SECONDS)).isNotNull();
                now = shown(server);
            }
            assertThat(now).isNotEqualTo(first);
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() throws Exception {
        make("next");
        replace("key.pem");

        assertThatThrownBy(
                        () -> WatchedCertificate.start(files, read -> read, Runnable::run, timers))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining("is not that of the first certificate");
    }

    @Test
    void aFileWithoutACertificateIsNamed() throws Exception {
        Files.writeString(files.chain(), "a host's name\n");

        assertThatThrownBy(
                        () -> WatchedCertificate.start(files, read -> read, Runnable::run, timers))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageStartingWith("no certificate in " + files.chain());
    }

    private void replace(String name) throws Exception {
        Files.move(
                temp.resolve("next").resolve(name),
                temp.resolve("live").resolve(name),
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static Certificate shown(HttpServer server) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        InetSocketAddress at = server.address();
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(HOST, at.getPort())) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
