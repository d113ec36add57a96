package dev.remora.io.control;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/// Finds the reason in what Netty and the JDK throw, and the words for it.
final class Failures {
    private Failures() {}

    /// @param server how to name it in the sentence
    static ControlException of(Throwable failure, String server, Instant now) {
        if (failure instanceof ControlException known) {
            return known;
        }
        if (any(failure, SSLException.class::isInstance)
                || any(failure, NotSslRecordException.class::isInstance)) {
            return ofTls(failure, server, now);
        }
        if (any(failure, UnknownHostException.class::isInstance)) {
            return new ControlException(
                    Reason.NAME_NOT_FOUND,
                    "The name of the control server "
                            + server
                            + " is not known to DNS: check the URL and this machine's resolver.",
                    failure);
        }
        if (any(
                failure,
                e -> e instanceof ConnectTimeoutException || e instanceof InterruptedIOException)) {
            return new ControlException(
                    Reason.TIMED_OUT,
                    "The control server "
                            + server
                            + " does not answer: check the URL, and that a firewall lets us out.",
                    failure);
        }
        if (any(
                failure,
                e -> e instanceof ConnectException || e instanceof NoRouteToHostException)) {
            return new ControlException(
                    Reason.UNREACHABLE,
                    "The control server "
                            + server
                            + " cannot be reached ("
                            + plain(failure)
                            + "): check the URL and that the server runs.",
                    failure);
        }
        return new ControlException(
                Reason.CONNECTION_LOST,
                "The connection to the control server "
                        + server
                        + " broke ("
                        + plain(failure)
                        + ").",
                failure);
    }

    private static ControlException ofTls(Throwable failure, String server, Instant now) {
        if (any(failure, Failures::isAboutDates)) {
            return new ControlException(
                    Reason.CERTIFICATE_DATES,
                    "The certificate of the control server "
                            + server
                            + " is not valid at this time: check this machine's clock, which says "
                            + now.truncatedTo(ChronoUnit.SECONDS)
                            + ", or have the certificate renewed.",
                    failure);
        }
        if (any(
                failure,
                e ->
                        String.valueOf(e.getMessage())
                                .matches("(?s)No (name|subject alternative).*"))) {
            return new ControlException(
                    Reason.CERTIFICATE_OTHER_NAME,
                    "The certificate of the control server "
                            + server
                            + " is for another name: use the name it was made for.",
                    failure);
        }
        if (any(failure, CertificateException.class::isInstance)) {
            return new ControlException(
                    Reason.CERTIFICATE_UNTRUSTED,
                    "The certificate of the control server "
                            + server
                            + " is signed by nobody this machine trusts: install the authority's certificate, or name its file in SSL_CERT_FILE.",
                    failure);
        }
        return new ControlException(
                Reason.TLS_FAILED,
                "TLS with the control server "
                        + server
                        + " failed ("
                        + plain(failure)
                        + "): check the URL's scheme and port.",
                failure);
    }

    private static boolean isAboutDates(Throwable e) {
        return e instanceof CertificateExpiredException
                || e instanceof CertificateNotYetValidException
                || e instanceof CertPathValidatorException path
                        && (path.getReason() == BasicReason.EXPIRED
                                || path.getReason() == BasicReason.NOT_YET_VALID);
    }

    private static boolean any(Throwable failure, Predicate<Throwable> test) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .limit(16)
                .anyMatch(test);
    }

    /// Netty puts the address behind the words; a peer's words may have anything in them.
    private static String plain(Throwable failure) {
        String text =
                failure.getMessage() == null
                        ? failure.getClass().getSimpleName()
                        : failure.getMessage();
        String printable = text.replaceAll("\\P{Print}", "?");
        return printable.length() <= 120 ? printable : printable.substring(0, 120) + "…";
    }

    /// The first words of what a server said, fit to be shown.
    static String quoted(String text) {
        String printable = text.strip().replaceAll("\\P{Print}", "?");
        return '"'
                + (printable.length() <= 200 ? printable : printable.substring(0, 200) + "…")
                + '"';
    }
}
