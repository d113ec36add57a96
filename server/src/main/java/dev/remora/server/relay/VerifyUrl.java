package dev.remora.server.relay;

import dev.remora.server.http.News;
import dev.remora.server.tls.ClientTls;
import io.avaje.json.JsonReader;
import io.avaje.json.stream.JsonStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HttpsURLConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a control server by HTTP whether a node may come in: the question and the answer that control servers and relays
/// have agreed on.
///
///     POST {"NodePublic":"nodekey:…","Source":"192.0.2.7"}   →   {"Allow":true}
public final class VerifyUrl implements Admission {
    private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);
    private static final int PATIENCE_MS = 5_000;

    /// More questions than this at once wait, so that a crowd at our door is none at the control server's.
    private static final int MOST_QUESTIONS = 100;

    private static final int LONGEST_ANSWER = 4096;

    private final URI url;
    private final boolean failOpen;
    private final ClientTls tls;
    private final Semaphore questions = new Semaphore(MOST_QUESTIONS);
    private final News<String> news = new News<>(System::nanoTime);

    /// @param failOpen whether everybody may come in while the control server cannot be reached; one that answers with
    ///     anything but 200 has been reached
    public VerifyUrl(URI url, boolean failOpen, ClientTls tls) {
        this.url = url;
        this.failOpen = failOpen;
        this.tls = tls;
    }

    @Override
    public CompletionStage<Verdict> decide(Arrival arrival) {
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        Thread.startVirtualThread(() -> verdict.complete(ask(arrival)));
        return verdict;
    }

    private Verdict ask(Arrival arrival) {
        try {
            if (!questions.tryAcquire(PATIENCE_MS, TimeUnit.MILLISECONDS)) {
                return unanswered("too many ask at once");
            }
        } catch (InterruptedException e) {
            return new Verdict.Refused("the relay stops");
        }
        try {
            HttpURLConnection connection = open();
            try {
                String question =
                        "{\"NodePublic\":\"%s\",\"Source\":\"%s\"}"
                                .formatted(arrival.key().text(), arrival.from().ip());
                connection.getOutputStream().write(question.getBytes(StandardCharsets.UTF_8));
                return verdict(connection);
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return unanswered(e.toString());
        } finally {
            questions.release();
        }
    }

    /// Strangers come as often as they like: the log has a line for the trouble, and none for each of them.
    private Verdict unanswered(String why) {
        if (news.isNew(why)) {
            LOG.warn("{} cannot be asked who may come in: {}", url, why);
        }
        return failOpen
                ? new Verdict.Admitted(RateLimit.NONE)
                : new Verdict.Refused("nobody to ask");
    }

    private HttpURLConnection open() throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
        if (connection instanceof HttpsURLConnection secure) {
            secure.setSSLSocketFactory(tls.sockets());
        }
        connection.setConnectTimeout(PATIENCE_MS);
        connection.setReadTimeout(PATIENCE_MS);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        return connection;
    }

    private static Verdict verdict(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        if (status != HttpURLConnection.HTTP_OK) {
            return new Verdict.Refused("the control server answers " + status);
        }
        byte[] answer = connection.getInputStream().readNBytes(LONGEST_ANSWER);
        return allows(answer)
                ? new Verdict.Admitted(RateLimit.NONE)
                : new Verdict.Refused("the control server does not know it");
    }

    private static boolean allows(byte[] answer) {
        boolean allow = false;
        try (JsonReader in = JsonStream.builder().build().reader(answer)) {
            in.beginObject();
            while (in.hasNextField()) {
                if (in.nextField().equals("Allow")) {
                    allow = in.readBoolean();
                } else {
                    in.skipValue();
                }
            }
            in.endObject();
            return allow;
        } catch (RuntimeException e) {
            return false; // what is no answer is no permission
        }
    }
}
