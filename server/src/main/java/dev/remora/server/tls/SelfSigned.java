package dev.remora.server.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/// Puts a certificate together that its own key signs (RFC 5280 §4.1).
///
/// @param name subject and issuer, as a common name
/// @param algorithm the signature's, as a certificate has it
/// @param signature the same, as the JDK calls it
record SelfSigned(String name, BigInteger serial, AlgorithmIdentifier algorithm, String signature) {

    /// When a certificate is good.
    record Validity(Instant from, Instant until) {
        static Validity around(Instant now, Duration before, Duration after) {
            return new Validity(now.minus(before), now.plus(after));
        }
    }

    /// @param publicKey as the JDK encodes it
    X509Certificate certify(
            byte[] publicKey, PrivateKey key, Validity validity, Extensions extensions)
            throws GeneralSecurityException {
        V3TBSCertificateGenerator content = new V3TBSCertificateGenerator();
        X500Name subject = commonName();
        content.setSerialNumber(new ASN1Integer(serial));
        content.setSignature(algorithm);
        content.setIssuer(subject);
        content.setSubject(subject);
        content.setStartDate(new Time(Date.from(validity.from())));
        content.setEndDate(new Time(Date.from(validity.until())));
        content.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(publicKey));
        content.setExtensions(extensions);
        return signed(content.generateTBSCertificate(), key);
    }

    /// Put together by hand, since the library holds names to the 64 characters that the relay's key does not fit in.
    private X500Name commonName() {
        ASN1EncodableVector type = new ASN1EncodableVector(2);
        type.add(BCStyle.CN);
        type.add(new DERUTF8String(name));
        return X500Name.getInstance(new DERSequence(new DERSet(new DERSequence(type))));
    }

    private X509Certificate signed(TBSCertificate content, PrivateKey key)
            throws GeneralSecurityException {
        try {
            Signature signer = Signature.getInstance(signature);
            signer.initSign(key);
            signer.update(content.getEncoded("DER"));
            ASN1EncodableVector parts = new ASN1EncodableVector(3);
            parts.add(content);
            parts.add(algorithm);
            parts.add(new DERBitString(signer.sign()));
            byte[] encoded = new DERSequence(parts).getEncoded("DER");
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded));
        } catch (IOException e) {
            throw new CertificateException("cannot encode the certificate of " + name, e);
        }
    }
}
