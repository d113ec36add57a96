package dev.remora.io.loop;

import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Which certificate authorities we believe, and TLS client handlers that believe them.
///
/// The authorities are those that Go programs on the same machine use: the file `SSL_CERT_FILE` names,
/// else the first system bundle there is, and the directories of `SSL_CERT_DIR`, else the system's.
/// Where all that yields nothing, the JDK's own.
///
/// Making one costs nothing. Files are read and TLS classes loaded when the first connection needs
/// them, and then on the caller's thread: call [#handler] outside an event loop.
///
/// No TLS session is ever resumed: each connection asks the server anew who it is. A resumed session
/// shows the certificate of then, and with it the key that a relay had then.
public final class TlsTrust {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final Lazy<X509ExtendedTrustManager> authorities;

    private TlsTrust(Supplier<X509ExtendedTrustManager> authorities) {
        this.authorities = new Lazy<>(authorities);
    }

    /// Trust as the two environment variables say; an empty text counts as absent, as in Go.
    public static TlsTrust of(Optional<String> sslCertFile, Optional<String> sslCertDir) {
        return new TlsTrust(() ->
                new AuthorityTrustManager(
                        () ->
                                CaCertificates.read(
                                        CaCertificates.files(sslCertFile),
                                        CaCertificates.directories(sslCertDir)),
                        true));
    }

    /// Trust in the authorities of this one PEM file and in nobody else, as a cluster's own.
    public static TlsTrust only(Path file) {
        return new TlsTrust(() ->
                new AuthorityTrustManager(
                        () -> CaCertificates.read(List.of(file), List.of()), false));
    }

    /// Whether there is a certificate in this file.
    public static boolean isAuthorities(Path file) {
        return !CaCertificates.read(List.of(file), List.of()).isEmpty();
    }

    /// A new TLS client handler for one connection.
    ///
    /// @param port the port connected to
    /// @param slow where the handshake's expensive steps run, so that no event loop waits for them
    public SslHandler handler(ServerIdentity server, int port, Executor slow) {
        return new SslHandler(engine(server, port), slow);
    }

    private SSLEngine engine(ServerIdentity server, int port) {
        return switch (server) {
            case ServerIdentity.Named(var serverName, var certificateName) -> {
                SSLEngine engine = engine(authorities.get(), certificateName, port);
                yield askFor(named(engine), serverName);
            }
            case ServerIdentity.Pinned pinned -> {
                SSLEngine engine =
                        engine(new PinnedTrustManager(pinned), pinned.serverName(), port);
                yield askFor(engine, pinned.serverName());
            }
            case ServerIdentity.Anyone(var serverName) ->
                    askFor(engine(new UncheckedTrustManager(), serverName, port), serverName);
        };
    }

    /// Sends the name as SNI, as Go does: also one without a dot, which the JDK would leave out. Never an address.
    private static SSLEngine askFor(SSLEngine engine, String serverName) {
        if (!PinnedTrustManager.isAddress(serverName)) {
            SSLParameters parameters = engine.getSSLParameters();
            byte[] name = serverName.getBytes(StandardCharsets.US_ASCII);
            parameters.setServerNames(List.of(new SNIHostName(name)));
            engine.setSSLParameters(parameters);
        }
        return engine;
    }

    /// The engine that compares the certificate with the name it was made for.
    private static SSLEngine named(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    /// With a context for each connection, as a context is where the JDK keeps sessions to resume. It is the JDK's, since Netty's brings some
    /// forty classes for what else it can be made of.
    private static SSLEngine engine(X509ExtendedTrustManager trust, String name, int port) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, null);
            SSLEngine engine = context.createSSLEngine(name, port);
            engine.setUseClientMode(true);
            engine.setEnabledProtocols(PROTOCOLS);
            return engine;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no usable TLS", e);
        }
    }

    /// A value made at its first use and kept. A lock of its own, as virtual threads may wait here.
    private static final class Lazy<T> {
        private final Supplier<T> maker;
        private Optional<T> made = Optional.empty();

        Lazy(Supplier<T> maker) {
            this.maker = maker;
        }

        synchronized T get() {
            if (made.isEmpty()) {
                made = Optional.of(maker.get());
            }
            return made.get();
        }
    }
}
