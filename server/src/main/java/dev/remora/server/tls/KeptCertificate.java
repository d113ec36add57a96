package dev.remora.server.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/// A self-made certificate that stays the same, so that clients can be told once to trust it: `cert.pem` and `key.pem`
/// in a directory.
public final class KeptCertificate {
    /// What clients are given.
    public static final String CERTIFICATE = "cert.pem";

    private static final String KEY = "key.pem";
    private static final Duration LIFE = Duration.ofDays(3650);
    private static final Duration RENEW_BEFORE = Duration.ofDays(30);

    private KeptCertificate() {}

    /// Reads it, or makes one: also where the one there is for another host or ends soon.
    ///
    /// @param host a DNS name or an address
    /// @throws IOException if files cannot be read or written
    /// @throws GeneralSecurityException if what is there is no certificate with its key
    public static ServerCertificate in(Path directory, String host, Instant now)
            throws IOException, GeneralSecurityException {
        Path certificate = directory.resolve(CERTIFICATE);
        Path key = directory.resolve(KEY);
        if (Files.exists(certificate) && Files.exists(key)) {
            ServerCertificate kept = ServerCertificate.read(certificate, key);
            if (kept.covers(host) && isGoodAt(kept, now.plus(RENEW_BEFORE))) {
                return kept;
            }
        }
        ServerCertificate made = ServerCertificate.forHost(host, now, LIFE);
        write(key, "PRIVATE KEY", made.key().getEncoded());
        write(certificate, "CERTIFICATE", made.chain().getFirst().getEncoded());
        return made;
    }

    private static boolean isGoodAt(ServerCertificate certificate, Instant time) {
        X509Certificate own = certificate.chain().getFirst();
        return own.getNotAfter().toInstant().isAfter(time);
    }

    private static void write(Path file, String what, byte[] encoded) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(
                        PosixFilePermissions.fromString(
                                what.equals("CERTIFICATE") ? "rw-r--r--" : "rw-------")));
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        String pem = "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
        Files.write(file, pem.getBytes(StandardCharsets.US_ASCII));
    }
}
