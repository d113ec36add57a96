package dev.remora.server.tls;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.proto.derp.ClientDetails;
import dev.remora.proto.derp.DerpServerKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/// A private key and the chain that goes with it, the server's own certificate first.
public final class ServerCertificate {
    /// Ed25519 (RFC 8410 §3) and ECDSA with SHA-256 (RFC 5758 §3.2): both come without parameters.
    private static final AlgorithmIdentifier ED25519 = algorithm("1.3.101.112");

    private static final AlgorithmIdentifier ECDSA = algorithm("1.2.840.10045.4.3.2");
    private static final Duration OWN_LIFE = Duration.ofDays(365);
    private static final Duration META_LIFE = Duration.ofDays(30);
    private static final Duration CLOCK_DIFFERENCE = Duration.ofDays(1);
    private static final int SERIAL_BITS = 127;

    private final PrivateKey key;
    private final List<X509Certificate> chain;

    private ServerCertificate(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = List.copyOf(chain);
    }

    /// Reads a chain and its key from PEM files.
    ///
    /// @throws IOException if a file cannot be read
    /// @throws GeneralSecurityException if it is not what it should be
    public static ServerCertificate read(Path chain, Path key)
            throws IOException, GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        byte[] pem = Files.readAllBytes(chain);
        try {
            for (Certificate certificate :
                    factory.generateCertificates(new ByteArrayInputStream(pem))) {
                certificates.add((X509Certificate) certificate);
            }
        } catch (CertificateException e) {
            throw new CertificateException("no certificate in " + chain + ": " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new GeneralSecurityException("no certificate in " + chain);
        }
        PrivateKey privateKey = PemFiles.privateKey(key);
        if (!fits(privateKey, certificates.getFirst())) {
            throw new GeneralSecurityException(
                    "the key in " + key + " is not that of the first certificate in " + chain);
        }
        return new ServerCertificate(privateKey, certificates);
    }

    /// What the one signs the other verifies.
    private static boolean fits(PrivateKey key, X509Certificate certificate)
            throws GeneralSecurityException {
        if (!certificate.getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        Signature signature = Signature.getInstance(signatureBy(key));
        signature.initSign(key);
        signature.update(certificate.getEncoded());
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(certificate.getEncoded());
        return signature.verify(signed);
    }

    private static String signatureBy(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        };
    }

    /// Makes one for an address, good for a year, that clients trust who are told to: P-256.
    public static ServerCertificate forAddress(IpAddress address, Instant now)
            throws GeneralSecurityException {
        return forHost(address.toString(), now, OWN_LIFE);
    }

    /// The same for a DNS name or an address, good for so long.
    static ServerCertificate forHost(String host, Instant now, Duration life)
            throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        BigInteger serial = new BigInteger(SERIAL_BITS, new SecureRandom());
        X509Certificate certificate =
                new SelfSigned(host, serial, ECDSA, "SHA256withECDSA")
                        .certify(
                                pair.getPublic().getEncoded(),
                                pair.getPrivate(),
                                SelfSigned.Validity.around(now, CLOCK_DIFFERENCE, life),
                                serverExtensions(host));
        return new ServerCertificate(pair.getPrivate(), List.of(certificate));
    }

    private static Extensions serverExtensions(String host) throws GeneralSecurityException {
        GeneralName name = generalName(host);
        try {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(name));
            extensions.addExtension(
                    Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            extensions.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            return extensions.generate();
        } catch (IOException e) {
            throw new GeneralSecurityException("cannot encode the certificate's extensions", e);
        }
    }

    private static GeneralName generalName(String host) {
        try {
            byte[] address = IpAddress.parse(host).toBytes();
            return new GeneralName(GeneralName.iPAddress, new DEROctetString(address));
        } catch (MalformedException e) {
            return new GeneralName(GeneralName.dNSName, host);
        }
    }

    /// Whether clients that look for `host`, a name or an address, find it in the server's own certificate.
    public boolean covers(String host) {
        try {
            Collection<List<?>> names = chain.getFirst().getSubjectAlternativeNames();
            return names != null
                    && names.stream().anyMatch(name -> isCalled(String.valueOf(name.get(1)), host));
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    /// A star stands for one label (RFC 9525 §6.3).
    private static boolean isCalled(String name, String host) {
        if (name.startsWith("*.")) {
            int dot = host.indexOf('.');
            return dot > 0 && name.substring(1).equalsIgnoreCase(host.substring(dot));
        }
        try {
            return IpAddress.parse(name).equals(IpAddress.parse(host));
        } catch (MalformedException e) {
            return name.equalsIgnoreCase(host);
        }
    }

    /// SHA-256 of the server's own certificate: by this a DERP map tells clients which one to expect.
    public String fingerprint() throws GeneralSecurityException {
        byte[] encoded = chain.getFirst().getEncoded();
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encoded));
    }

    /// The same with a certificate behind it that tells the relay's key and certifies nothing
    /// ([dev.remora.proto.derp.MetaCertificate]). Its own key is forgotten at once.
    public ServerCertificate tellingKey(DerpServerKey relay, Instant now)
            throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        BigInteger version = BigInteger.valueOf(ClientDetails.VERSION);
        Extension constraints = basicConstraints();
        X509Certificate meta =
                new SelfSigned("derpkey" + relay.bytes().hex(), version, ED25519, "Ed25519")
                        .certify(
                                pair.getPublic().getEncoded(),
                                pair.getPrivate(),
                                SelfSigned.Validity.around(now, META_LIFE, META_LIFE),
                                new Extensions(constraints));
        List<X509Certificate> longer = new ArrayList<>(chain);
        longer.add(meta);
        return new ServerCertificate(key, longer);
    }

    private static Extension basicConstraints() throws GeneralSecurityException {
        try {
            return Extension.create(Extension.basicConstraints, true, new BasicConstraints(false));
        } catch (IOException e) {
            throw new GeneralSecurityException("cannot encode the certificate's extensions", e);
        }
    }

    PrivateKey key() {
        return key;
    }

    /// The server's own certificate first.
    public List<X509Certificate> chain() {
        return chain;
    }

    private static AlgorithmIdentifier algorithm(String oid) {
        return new AlgorithmIdentifier(new ASN1ObjectIdentifier(oid));
    }
}
