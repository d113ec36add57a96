package dev.remora.io.derp;

import io.netty.channel.ConnectTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/// Says in a few words for people why a relay could not be reached.
final class RelayTrouble {
    /// What Netty puts before the system's own words, such as `finishConnect(..) failed with error(-111): `.
    private static final Pattern SYSTEM_CALL =
            Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

    private RelayTrouble() {}

    static String sentence(Throwable failure) {
        boolean tls = false;
        Throwable cause = failure;
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof CertificateException) {
                return "its certificate is refused: " + message(t);
            }
            tls |= t instanceof SSLException;
            cause = t;
        }
        if (cause instanceof UnknownHostException) {
            return "no address found for " + message(cause);
        }
        if (failure instanceof ConnectTimeoutException) {
            return "no answer: " + message(failure);
        }
        return tls ? "TLS failed: " + message(cause) : message(cause);
    }

    private static String message(Throwable t) {
        String text = t.getMessage();
        return text == null || text.isBlank()
                ? t.getClass().getSimpleName()
                : SYSTEM_CALL.matcher(text).replaceFirst("");
    }
}
