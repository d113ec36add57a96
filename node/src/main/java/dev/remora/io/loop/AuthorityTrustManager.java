package dev.remora.io.loop;

import dev.remora.proto.derp.MetaCertificate;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// The JDK's own check of chains and names, over only those authorities that could have signed the
/// chain at hand. Without any authorities of the system the JDK's are used. An authority that is not there
/// may have been installed since: the files are read again before a chain is refused for that.
/// Where only one file is to count, nothing takes its place, however empty it is.
final class AuthorityTrustManager extends ServerTrustManager {
    private final Supplier<CaCertificates> reader;
    private final boolean orThoseOfTheJdk;
    private volatile CaCertificates authorities;

    /// @param reader reads all authorities
    /// @param orThoseOfTheJdk whether the JDK's own count where the reader finds none
    AuthorityTrustManager(Supplier<CaCertificates> reader, boolean orThoseOfTheJdk) {
        this.reader = reader;
        this.orThoseOfTheJdk = orThoseOfTheJdk;
        this.authorities = reader.get();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkerFor(chain).checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkerFor(chain).checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        checkerFor(chain).checkServerTrusted(chain, authType);
    }

    private X509ExtendedTrustManager checkerFor(X509Certificate[] chain)
            throws CertificateException {
        try {
            if (authorities.isEmpty() && orThoseOfTheJdk) {
                return checker(null);
            }
            List<X509Certificate> anchors = authorities.issuersOf(chain);
            if (anchors.isEmpty()) {
                authorities = reader.get();
                anchors = authorities.issuersOf(chain);
            }
            if (anchors.isEmpty()) {
                throw new CertificateException(
                        "certificate signed by unknown authority: "
                                + lastOf(chain).getIssuerX500Principal());
            }
            return checker(storeOf(anchors));
        } catch (GeneralSecurityException | IOException e) {
            throw e instanceof CertificateException refused
                    ? refused
                    : new CertificateException("cannot check certificates here", e);
        }
    }

    /// A DERP relay appends a certificate that is no part of the chain.
    private static X509Certificate lastOf(X509Certificate[] chain) {
        int last = chain.length - 1;
        return last > 0 && MetaCertificate.isMeta(chain[last]) ? chain[last - 1] : chain[last];
    }

    private static KeyStore storeOf(List<X509Certificate> anchors)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < anchors.size(); i++) {
            store.setCertificateEntry("ca" + i, anchors.get(i));
        }
        return store;
    }

    private static X509ExtendedTrustManager checker(@Nullable KeyStore anchors)
            throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(anchors);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager checker) {
                return checker;
            }
        }
        throw new GeneralSecurityException("no PKIX trust manager");
    }
}
