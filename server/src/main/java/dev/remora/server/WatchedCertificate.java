package dev.remora.server;

import dev.remora.server.tls.ServerCertificate;
import dev.remora.server.tls.ServerTls;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/// TLS with a chain and a key from files, which whatever renews certificates may replace at any time. Who is connected
/// stays so; a chain that does not go with the key, as between two writes, is left alone until it does.
final class WatchedCertificate {
    private WatchedCertificate() {}

    /// What stands between a certificate in files and one that is shown.
    interface Fitting {
        /// @throws IOException with a sentence, if it will not do
        ServerCertificate of(ServerCertificate read) throws IOException, GeneralSecurityException;
    }

    /// TLS as it is now, and what ends the watch.
    record Watched(ServerTls tls, AutoCloseable watch) {}

    static Watched start(
            RelayFlags.Tls.Files files,
            Fitting fitting,
            Executor slow,
            ScheduledExecutorService timers)
            throws IOException, GeneralSecurityException {
        ServerTls tls = ServerTls.of(read(files, fitting), slow);
        AutoCloseable watch =
                WatchedFile.again(
                        List.of(files.chain(), files.key()),
                        timers,
                        text -> renew(tls, files, fitting));
        return new Watched(tls, watch);
    }

    private static ServerCertificate read(RelayFlags.Tls.Files files, Fitting fitting)
            throws IOException, GeneralSecurityException {
        return fitting.of(ServerCertificate.read(files.chain(), files.key()));
    }

    private static void renew(ServerTls tls, RelayFlags.Tls.Files files, Fitting fitting)
            throws IOException {
        try {
            tls.renew(read(files, fitting));
        } catch (GeneralSecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
