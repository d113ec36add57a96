package dev.remora.proto.derp;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;

/// What the extra certificate says that a relay presents behind its real ones: its DERP key, in the common name, and
/// the protocol version, as the serial number. It certifies nothing; under TLS 1.3, where no one between could have
/// seen or changed it, it saves a client the wait for [HandshakeFrame.ServerKey] ("fast start").
public record MetaCertificate(DerpServerKey serverKey, int version) {
    private static final String PREFIX = "derpkey";

    /// The last common name of a subject written as RFC 2253 has it, unless a part of it is escaped.
    private static final Pattern COMMON_NAME =
            Pattern.compile("(?:^|(?<!\\\\)[,+])CN=([^,+\\\\]*)");

    /// Looks for it among the certificates a relay presented; empty if there is none that makes sense.
    public static Optional<MetaCertificate> find(Collection<? extends Certificate> presented) {
        return presented.stream()
                .filter(MetaCertificate::isMeta)
                .map(X509Certificate.class::cast)
                .flatMap(certificate -> read(certificate).stream())
                .findFirst();
    }

    /// Whether a certificate is of this kind, sensible or not: then it is no part of the chain.
    public static boolean isMeta(Certificate certificate) {
        return certificate instanceof X509Certificate x509 && commonName(x509).startsWith(PREFIX);
    }

    private static Optional<MetaCertificate> read(X509Certificate certificate) {
        try {
            String key = commonName(certificate).substring(PREFIX.length());
            int version = certificate.getSerialNumber().intValueExact();
            return version < 1 || version > 255
                    ? Optional.empty()
                    : Optional.of(
                            new MetaCertificate(new DerpServerKey(Bytes32.parseHex(key)), version));
        } catch (MalformedException | ArithmeticException e) {
            return Optional.empty(); // as good as absent: the greeting will tell the key
        }
    }

    private static String commonName(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName(X500Principal.RFC2253);
        Matcher found = COMMON_NAME.matcher(subject);
        return found.find() ? found.group(1) : "";
    }
}
