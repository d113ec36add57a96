package dev.remora.io.control;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.crypto.MachineKey;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.ServerKeys;
import io.netty.handler.codec.http.HttpMethod;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a control server for its Noise key: the first question of all, and so the one that finds out what
/// else there may be at a URL.
final class ServerKeyFetch {
    private static final Logger LOG = LoggerFactory.getLogger(ServerKeyFetch.class);

    private final ControlConfig config;
    private final HttpOnce http;
    private boolean warned;

    ServerKeyFetch(ControlConfig config, HttpOnce http) {
        this.config = config;
        this.http = http;
    }

    MachineKey fetch() throws IOException, InterruptedException {
        ControlUrl url = config.url();
        warnOfPlainHttp(url);
        HttpOnce.Answer answer = ask(url);
        if (answer.status() != 200) {
            throw ofStatus(answer, url);
        }
        MachineKey key = read(answer, url).publicKey();
        if (key == null || key.isZero()) {
            throw tooOld(url);
        }
        return key;
    }

    /// Once: it stays true for as long as the URL is this one.
    private void warnOfPlainHttp(ControlUrl url) {
        if (!url.tls() && !warned && !isOnThisMachine(url)) {
            warned = true;
            LOG.warn(
                    "the key of the control server {} comes over plain HTTP: whoever is in between can take its place",
                    url);
        }
    }

    /// What goes to an address of our own does not leave the machine: there is nobody in between.
    private static boolean isOnThisMachine(ControlUrl url) {
        try {
            byte[] address = IpAddress.parse(url.host()).toBytes();
            return url.isLoopback()
                    || NetworkInterface.getByInetAddress(InetAddress.getByAddress(address)) != null;
        } catch (MalformedException | IOException e) {
            LOG.trace("{} is no address of ours", url, e);
            return url.isLoopback();
        }
    }

    private HttpOnce.Answer ask(ControlUrl url) throws IOException, InterruptedException {
        String target = url.path() + "/key?v=" + config.capabilityVersion();
        try {
            return http.request(HttpMethod.GET, url, target, config.timing().dial());
        } catch (EOFException e) {
            throw new ControlException(
                    Reason.CONNECTION_LOST,
                    "The server "
                            + url
                            + " closes the connection without an answer: check the port"
                            + (url.tls()
                                    ? "."
                                    : ", or begin the URL with https:// if it speaks TLS."),
                    e);
        }
    }

    private static ControlException ofStatus(HttpOnce.Answer answer, ControlUrl url) {
        if (answer.status() >= 500 || Failures.isAboutVersion(answer.body())) {
            return Failures.ofStatus(answer.status(), answer.body(), url.text());
        }
        if (answer.status() / 100 == 3 && !answer.location().isEmpty()) {
            return noServer(
                    url,
                    "it sends us on to " + Failures.quoted(answer.location()),
                    "if that is the control server, give its URL.");
        }
        // Go's and nginx's words for HTTP where they expect TLS both have it in capitals.
        if (!url.tls() && answer.status() == 400 && answer.body().contains("HTTPS")) {
            return noServer(url, "it speaks TLS there", "begin the URL with https://.");
        }
        return noKey(answer, url);
    }

    private static ServerKeys read(HttpOnce.Answer answer, ControlUrl url) throws ControlException {
        try {
            return ControlJson.read(
                    ServerKeys.class, answer.body().getBytes(StandardCharsets.UTF_8));
        } catch (MalformedException e) {
            LOG.debug("no key: {}", e.reason());
            // what servers before Noise answered: their key, and nothing around it
            throw answer.body().strip().matches("[0-9a-fA-F]{64}")
                    ? tooOld(url)
                    : noKey(answer, url);
        }
    }

    private static ControlException tooOld(ControlUrl url) {
        return new ControlException(
                Reason.SERVER_TOO_OLD,
                "The control server "
                        + url
                        + " is too old for this program: it knows no Noise key; have it updated.");
    }

    private static ControlException noKey(HttpOnce.Answer answer, ControlUrl url) {
        return noServer(
                url,
                "its /key answers with HTTP " + answer.status() + " and no key",
                "check the URL.");
    }

    private static ControlException noServer(ControlUrl url, String why, String remedy) {
        return new ControlException(
                Reason.NOT_A_CONTROL_SERVER,
                "There is no control server at " + url + ": " + why + "; " + remedy);
    }
}
