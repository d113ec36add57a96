package dev.remora.server.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/// TLS as a client of other servers, whose names are always checked.
public final class ClientTls {
    private final SSLContext sockets;
    private final SslContext handlers;
    private final Executor slow;

    private ClientTls(TrustManagerFactory trust, Executor slow)
            throws IOException, GeneralSecurityException {
        this.sockets = SSLContext.getInstance("TLS");
        this.sockets.init(null, trust.getTrustManagers(), null);
        this.handlers =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .trustManager(trust)
                        .endpointIdentificationAlgorithm("HTTPS")
                        .build();
        this.slow = slow;
    }

    /// @param authorities a PEM file of who is trusted; empty: whom the JDK trusts
    /// @param slow where the arithmetic of handshakes is done
    public static ClientTls trusting(Optional<Path> authorities, Executor slow)
            throws IOException, GeneralSecurityException {
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities.isPresent() ? read(authorities.get()) : null);
        return new ClientTls(trust, slow);
    }

    private static KeyStore read(Path pem) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (var in = Files.newInputStream(pem)) {
            for (Certificate each :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("authority-" + trusted.size(), each);
            }
        }
        if (trusted.size() == 0) {
            throw new GeneralSecurityException("no certificate in " + pem);
        }
        return trusted;
    }

    /// The handler for one connection.
    public SslHandler newHandler(ByteBufAllocator allocator, String host, int port) {
        return handlers.newHandler(allocator, host, port, slow);
    }

    /// For plain blocking sockets.
    public SSLSocketFactory sockets() {
        return sockets.getSocketFactory();
    }
}
