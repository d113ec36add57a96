package dev.remora.io.control;

import dev.remora.base.MalformedException;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
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
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/// Finds the reason in what Netty and the JDK throw, and the words for it.
final class Failures {
    /// What Netty puts before the system's own words, such as `finishConnect(..) failed with error(-111): `.
    private static final Pattern SYSTEM_CALL =
            Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

    /// What it puts behind them: the address, which the URL says better.
    private static final Pattern ADDRESS = Pattern.compile(": \\S*/\\S+$");

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
                            + " cannot be looked up: check the URL and this machine's resolver.",
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
        if (any(
                failure,
                e -> e instanceof ProtocolException || e instanceof TooLongFrameException)) {
            return new ControlException(
                    Reason.NOT_A_CONTROL_SERVER,
                    "What answers at "
                            + server
                            + " does not speak HTTP as a control server does: check the URL's host and port.",
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

    static ControlException ofMalformed(MalformedException failure, String server) {
        return new ControlException(
                Reason.MALFORMED_ANSWER,
                "The control server "
                        + server
                        + " answers what makes no sense to us ("
                        + failure.reason()
                        + "): check the URL, or update one of the two programs.");
    }

    private static ControlException ofTls(Throwable failure, String server, Instant now) {
        if (any(failure, Failures::isExpired)) {
            return ofDates(
                    "has expired", "have it renewed, or set the clock", failure, server, now);
        }
        if (any(failure, Failures::isNotYetValid)) {
            return ofDates(
                    "is not valid yet", "set the clock, or wait for it", failure, server, now);
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
        if (any(failure, NotSslRecordException.class::isInstance)) {
            return new ControlException(
                    Reason.TLS_FAILED,
                    "What answers at "
                            + server
                            + " does not speak TLS: check the port, or begin the URL with http:// if the control server is without TLS.",
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

    private static ControlException ofDates(
            String what, String remedy, Throwable failure, String server, Instant now) {
        return new ControlException(
                Reason.CERTIFICATE_DATES,
                "The certificate of the control server "
                        + server
                        + " "
                        + what
                        + " by this machine's clock, which says "
                        + now.truncatedTo(ChronoUnit.SECONDS)
                        + ": "
                        + remedy
                        + ".",
                failure);
    }

    private static boolean isExpired(Throwable e) {
        return e instanceof CertificateExpiredException
                || e instanceof CertPathValidatorException path
                        && path.getReason() == BasicReason.EXPIRED;
    }

    private static boolean isNotYetValid(Throwable e) {
        return e instanceof CertificateNotYetValidException
                || e instanceof CertPathValidatorException path
                        && path.getReason() == BasicReason.NOT_YET_VALID;
    }

    private static boolean any(Throwable failure, Predicate<Throwable> test) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .limit(16)
                .anyMatch(test);
    }

    /// A status that is no answer to the question.
    ///
    /// @param text what the server said with it
    static ControlException ofStatus(int status, String text, String server) {
        if (isAboutVersion(text)) {
            return new ControlException(
                    Reason.CLIENT_TOO_OLD,
                    "The control server "
                            + server
                            + " wants a newer program than this one ("
                            + quoted(text)
                            + "): update it.");
        }
        return new ControlException(
                Reason.SERVER_ERROR,
                "The control server "
                        + server
                        + " answers with HTTP "
                        + status
                        + " ("
                        + quoted(text)
                        + "): look after it, or after the proxy in front of it.");
    }

    static boolean isAboutVersion(String text) {
        return text.contains("unsupported client version");
    }

    /// The system's words; a peer's words may have anything in them.
    private static String plain(Throwable failure) {
        if (any(failure, NoRouteToHostException.class::isInstance)) {
            return "no route to it";
        }
        String message =
                failure.getMessage() == null
                        ? failure.getClass().getSimpleName()
                        : failure.getMessage();
        String bare = SYSTEM_CALL.matcher(message).replaceFirst("");
        String text = ADDRESS.matcher(bare).replaceFirst("").replaceAll("\\P{Print}", "?");
        return text.length() <= 120 ? text : text.substring(0, 120) + "…";
    }

    /// The first words of what a server said, fit to be shown.
    static String quoted(String text) {
        String printable = text.strip().replaceAll("\\P{Print}", "?");
        return '"'
                + (printable.length() <= 200 ? printable : printable.substring(0, 200) + "…")
                + '"';
    }
}
