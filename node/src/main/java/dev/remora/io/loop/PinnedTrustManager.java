package dev.remora.io.loop;

import dev.remora.base.Bytes32;
import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.proto.derp.MetaCertificate;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/// Accepts one certificate, known by its SHA-256, as a DERP map may demand it: it stands alone but for the relay's
/// [MetaCertificate], names the server and is in its dates. Nobody needs to have signed it.
final class PinnedTrustManager extends UncheckedTrustManager {
    private static final Integer SAN_DNS_NAME = 2; // RFC 5280 §4.2.1.6

    private final ServerIdentity.Pinned expected;

    PinnedTrustManager(ServerIdentity.Pinned expected) {
        this.expected = expected;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        List<X509Certificate> presented =
                Arrays.stream(chain).filter(c -> !MetaCertificate.isMeta(c)).toList();
        if (presented.size() != 1) {
            throw new CertificateException(
                    "expected exactly one certificate, got " + presented.size());
        }
        X509Certificate only = presented.getFirst();
        if (!sha256(only).equals(expected.sha256())) {
            throw new CertificateException("not the one certificate that is expected here");
        }
        only.checkValidity();
        if (!isAddress(expected.serverName()) && !names(only, expected.serverName())) {
            throw new CertificateException("certificate does not name " + expected.serverName());
        }
    }

    private static Bytes32 sha256(X509Certificate certificate) throws CertificateException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return Bytes32.of(digest.digest(certificate.getEncoded()));
        } catch (NoSuchAlgorithmException e) {
            throw new CertificateException("no SHA-256 in this JDK", e);
        }
    }

    static boolean isAddress(String host) {
        try {
            IpAddress.parse(host);
            return true;
        } catch (MalformedException e) {
            return false;
        }
    }

    private static boolean names(X509Certificate certificate, String host)
            throws CertificateException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names != null
                && names.stream()
                        .filter(name -> SAN_DNS_NAME.equals(name.get(0)))
                        .anyMatch(name -> matches(String.valueOf(name.get(1)), host));
    }

    /// A star stands for exactly the left-most label (RFC 6125 §6.4.3).
    private static boolean matches(String pattern, String host) {
        String wanted = host.toLowerCase(Locale.ROOT);
        String named = pattern.toLowerCase(Locale.ROOT);
        int dot = wanted.indexOf('.');
        return named.equals(wanted)
                || dot > 0
                        && named.startsWith("*.")
                        && named.substring(1).equals(wanted.substring(dot));
    }
}
