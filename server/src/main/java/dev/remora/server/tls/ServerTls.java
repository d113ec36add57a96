package dev.remora.server.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;

/// TLS 1.2 and 1.3 as a server, without application protocols: what can be upgraded must be HTTP/1.1.
public final class ServerTls {
    private final AtomicReference<SslContext> context;
    private final Executor slow;

    private ServerTls(SslContext context, Executor slow) {
        this.context = new AtomicReference<>(context);
        this.slow = slow;
    }

    /// @param slow where the arithmetic of handshakes is done, so that those who are connected need not wait for it
    public static ServerTls of(ServerCertificate certificate, Executor slow) throws SSLException {
        return new ServerTls(context(certificate), slow);
    }

    private static SslContext context(ServerCertificate certificate) throws SSLException {
        return SslContextBuilder.forServer(new OneCertificate(certificate))
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
    }

    /// Shows another certificate to those who connect from now on.
    public void renew(ServerCertificate certificate) throws SSLException {
        context.set(context(certificate));
    }

    /// The handler for one new connection.
    public SslHandler newHandler(ByteBufAllocator allocator) {
        return context.get().newHandler(allocator, slow);
    }
}
