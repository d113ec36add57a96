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
import java.util.List;
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

    /// A kind of failure.
    ///
    /// @param sign which exception, or which cause of one, gives it away
    /// @param sentence with the server, the system's own words, what our clock says and the server's role in the places of four texts
    private record Kind(Predicate<Throwable> sign, Reason reason, String sentence) {}

    /// The first that fits counts, and the last fits everything.
    private static final List<Kind> OF_TLS =
            List.of(
                    new Kind(
                            Failures::isExpired,
                            Reason.CERTIFICATE_DATES,
                            "The certificate of the %4$s %1$s has expired by this machine's clock, which says %3$s: have it renewed, or set the clock."),
                    new Kind(
                            Failures::isNotYetValid,
                            Reason.CERTIFICATE_DATES,
                            "The certificate of the %4$s %1$s is not valid yet by this machine's clock, which says %3$s: set the clock, or wait for it."),
                    new Kind(
                            Failures::isForAnotherName,
                            Reason.CERTIFICATE_OTHER_NAME,
                            "The certificate of the %4$s %1$s is for another name: use the name it was made for."),
                    new Kind(
                            NotSslRecordException.class::isInstance,
                            Reason.TLS_FAILED,
                            "What answers at %1$s does not speak TLS: check the port, or begin the URL with http:// if the %4$s is without TLS."),
                    new Kind(
                            CertificateException.class::isInstance,
                            Reason.CERTIFICATE_UNTRUSTED,
                            "The certificate of the %4$s %1$s is signed by nobody this machine trusts: install the authority's certificate, or name its file in SSL_CERT_FILE."),
                    new Kind(
                            _ -> true,
                            Reason.TLS_FAILED,
                            "TLS with the %4$s %1$s failed (%2$s): check the URL's scheme and port."));

    /// The same without TLS, or below it.
    private static final List<Kind> OF_NETWORK =
            List.of(
                    new Kind(
                            UnknownHostException.class::isInstance,
                            Reason.NAME_NOT_FOUND,
                            "The name of the %4$s %1$s cannot be looked up: check the URL and this machine's resolver."),
                    new Kind(
                            e ->
                                    e instanceof ConnectTimeoutException
                                            || e instanceof InterruptedIOException,
                            Reason.TIMED_OUT,
                            "The %4$s %1$s does not answer: check the URL, and that a firewall lets us out."),
                    new Kind(
                            e ->
                                    e instanceof ConnectException
                                            || e instanceof NoRouteToHostException,
                            Reason.UNREACHABLE,
                            "The %4$s %1$s cannot be reached (%2$s): check the URL and that the server runs."),
                    new Kind(
                            e ->
                                    e instanceof ProtocolException
                                            || e instanceof TooLongFrameException,
                            Reason.NOT_A_CONTROL_SERVER,
                            "What answers at %1$s does not speak HTTP as a %4$s does: check the URL's host and port."),
                    new Kind(
                            _ -> true,
                            Reason.CONNECTION_LOST,
                            "The connection to the %4$s %1$s broke (%2$s)."));

    private Failures() {}

    /// @param server how to name it in the sentence
    static ControlException of(Throwable failure, String server, Instant now) {
        if (failure instanceof ControlException known) {
            return known;
        }
        Found found = find(failure, "control server", server, now);
        return new ControlException(found.reason, found.sentence, failure);
    }

    /// What is behind a failure.
    record Found(Reason reason, String sentence) {}

    /// @param role what the server is, such as `control server`
    static Found find(Throwable failure, String role, String server, Instant now) {
        boolean isTls =
                any(failure, e -> e instanceof SSLException || e instanceof NotSslRecordException);
        Kind kind =
                (isTls ? OF_TLS : OF_NETWORK)
                        .stream().filter(one -> any(failure, one.sign)).findFirst().orElseThrow();
        String sentence =
                kind.sentence.formatted(
                        server, plain(failure), now.truncatedTo(ChronoUnit.SECONDS), role);
        return new Found(kind.reason, sentence);
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

    private static boolean isForAnotherName(Throwable e) {
        return String.valueOf(e.getMessage()).matches("(?s)No (name|subject alternative).*");
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
