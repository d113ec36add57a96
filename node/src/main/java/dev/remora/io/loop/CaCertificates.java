package dev.remora.io.loop;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The certificates of PEM files, kept as bytes under their subject.
///
/// A system bundle holds some 150 of them and a connection needs one: only [#issuersOf] parses, and
/// only what could have signed the chain at hand. Names are compared byte by byte, as Go does.
final class CaCertificates {
    /// Where distributions keep their bundle; the first one that can be read is used. The list and its
    /// order are Go's (`crypto/x509`, `root_linux.go`), so that both see the same authorities.
    private static final List<Path> SYSTEM_FILES =
            List.of(
                    Path.of("/etc/ssl/certs/ca-certificates.crt"),
                    Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
                    Path.of("/etc/ssl/ca-bundle.pem"),
                    Path.of("/etc/pki/tls/cacert.pem"),
                    Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
                    Path.of("/etc/ssl/cert.pem"));

    private static final List<Path> SYSTEM_DIRECTORIES =
            List.of(Path.of("/etc/ssl/certs"), Path.of("/etc/pki/tls/certs"));

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    /// A bundle is some 200 KB; what is far larger is not one.
    private static final long LARGEST_FILE = 16L << 20;

    private final Map<ByteBuffer, Set<ByteBuffer>> bySubject = new HashMap<>();

    private CaCertificates() {}

    static List<Path> files(Optional<String> sslCertFile) {
        return sslCertFile
                .filter(text -> !text.isEmpty())
                .map(CaCertificates::paths)
                .orElse(SYSTEM_FILES);
    }

    static List<Path> directories(Optional<String> sslCertDir) {
        return sslCertDir
                .filter(text -> !text.isEmpty())
                .map(text -> paths(text.split(":")))
                .orElse(SYSTEM_DIRECTORIES);
    }

    private static List<Path> paths(String... names) {
        List<Path> paths = new ArrayList<>();
        for (String name : names) {
            try {
                paths.add(Path.of(name));
            } catch (InvalidPathException e) {
                continue; // names no file on this system, so there is nothing to read
            }
        }
        return paths;
    }

    /// Reads the first readable file, and then everything in all directories. What cannot be read or
    /// is no certificate is passed over: one broken file must not take away all trust.
    static CaCertificates read(List<Path> files, List<Path> directories) {
        CaCertificates found = new CaCertificates();
        for (Path file : files) {
            if (found.addFile(file)) {
                break;
            }
        }
        directories.forEach(found::addDirectory);
        return found;
    }

    boolean isEmpty() {
        return bySubject.isEmpty();
    }

    /// All certificates here that carry the name of an issuer or of a member of this chain.
    List<X509Certificate> issuersOf(X509Certificate[] chain) throws CertificateException {
        Set<ByteBuffer> candidates = new LinkedHashSet<>();
        for (X509Certificate member : chain) {
            for (ByteBuffer name : DerNames.of(member.getEncoded()).both()) {
                candidates.addAll(bySubject.getOrDefault(name, Set.of()));
            }
        }
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> parsed = new ArrayList<>();
        for (ByteBuffer der : candidates) {
            try {
                byte[] bytes = new byte[der.remaining()];
                der.get(der.position(), bytes);
                ByteArrayInputStream in = new ByteArrayInputStream(bytes);
                parsed.add((X509Certificate) factory.generateCertificate(in));
            } catch (CertificateException e) {
                continue; // right name, broken rest: it could not have signed anything
            }
        }
        return parsed;
    }

    private void addDirectory(Path directory) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (!pointsIntoSameDirectory(entry)) {
                    addFile(entry);
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return; // no such directory, or not ours to read
        }
    }

    /// True for the `4a6481c9.0 -> name.pem` links that OpenSSL keeps beside each certificate.
    private static boolean pointsIntoSameDirectory(Path entry) throws IOException {
        return Files.isSymbolicLink(entry) && Files.readSymbolicLink(entry).getNameCount() == 1;
    }

    private boolean addFile(Path file) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > LARGEST_FILE) {
                return false;
            }
            addPem(Files.readString(file, StandardCharsets.ISO_8859_1));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void addPem(String pem) {
        int begin = pem.indexOf(BEGIN);
        while (begin >= 0) {
            int end = pem.indexOf(END, begin);
            if (end < 0) {
                return;
            }
            addBase64(pem.substring(begin + BEGIN.length(), end));
            begin = pem.indexOf(BEGIN, end);
        }
    }

    private void addBase64(String text) {
        try {
            byte[] der = Base64.getMimeDecoder().decode(text);
            ByteBuffer subject = DerNames.of(der).subject();
            bySubject
                    .computeIfAbsent(subject, s -> new LinkedHashSet<>())
                    .add(ByteBuffer.wrap(der));
        } catch (IllegalArgumentException | CertificateException e) {
            return; // not a certificate after all
        }
    }

    /// The two names of a certificate, as the bytes that stand in it (RFC 5280 section 4.1):
    ///
    ///     Certificate { TBSCertificate { [0] version?, serial, algorithm, issuer, validity, subject …
    record DerNames(ByteBuffer issuer, ByteBuffer subject) {
        private static final int SEQUENCE = 0x30;
        private static final int EXPLICIT_VERSION = 0xa0;

        static DerNames of(byte[] der) throws CertificateException {
            try {
                Cursor in = new Cursor(der);
                in.enter(SEQUENCE);
                in.enter(SEQUENCE);
                if (in.tag() == EXPLICIT_VERSION) {
                    in.skip();
                }
                in.skip();
                in.skip();
                ByteBuffer issuer = in.element();
                in.skip();
                return new DerNames(issuer, in.element());
            } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
                throw new CertificateException("a certificate that ends too early", e);
            }
        }

        List<ByteBuffer> both() {
            return List.of(issuer, subject);
        }
    }

    /// Walks over DER elements.
    private static final class Cursor {
        private final byte[] der;
        private int at;

        Cursor(byte[] der) {
            this.der = der;
        }

        int tag() {
            return der[at] & 0xff;
        }

        void enter(int tag) throws CertificateException {
            if (tag() != tag) {
                throw new CertificateException("not a certificate");
            }
            at = contentStart();
        }

        void skip() {
            element();
        }

        ByteBuffer element() {
            int start = at;
            int content = contentStart();
            at = Math.addExact(content, length());
            return ByteBuffer.wrap(Arrays.copyOfRange(der, start, checked(at)));
        }

        private int checked(int end) {
            if (end > der.length) {
                throw new IndexOutOfBoundsException(end);
            }
            return end;
        }

        private int contentStart() {
            int first = der[at + 1] & 0xff;
            return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
        }

        private int length() {
            int first = der[at + 1] & 0xff;
            if (first < 0x80) {
                return first;
            }
            int length = 0;
            for (int i = 0; i < Math.min(first & 0x7f, 4); i++) {
                length = length << 8 | der[at + 2 + i] & 0xff;
            }
            return Math.max(length, 0);
        }
    }
}
