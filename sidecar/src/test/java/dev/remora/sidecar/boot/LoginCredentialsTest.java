package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import dev.remora.sidecar.life.Situation;
import dev.remora.sidecar.oauth.CredentialException;
import dev.remora.sidecar.oauth.FakeKeyApi;
import dev.remora.sidecar.oauth.KeyExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginCredentialsTest {
    private static final Situation NEW = situation(false, false);
    private static final Situation MEMBER = situation(true, false);
    private static final Situation REFUSED = situation(true, true);

    @TempDir Path temp;
    private final FakeKeyApi api = new FakeKeyApi();

    LoginCredentialsTest() throws IOException {}

    @AfterEach
    void close() {
        api.close();
    }

    private static Situation situation(boolean hasLogin, boolean refused) {
        return new Situation(
                "", "", "", false, Optional.empty(), false, hasLogin, refused, List.of());
    }

    private static List<String> up(Situation situation, String... variables) throws Exception {
        Map<String, String> environment = new HashMap<>();
        for (String variable : variables) {
            int equals = variable.indexOf('=');
            environment.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        KeyExchange exchange =
                new KeyExchange(
                        TlsTrust.of(Optional.empty(), Optional.empty()),
                        HttpProxies.NONE,
                        Map.of());
        BootSettings settings = SettingsReader.read(Environment.of(environment));
        return Words.ofUp(
                new LoginCredentials(exchange, Optional.empty()).ready(settings, situation));
    }

    @Test
    void aKeyGoesToUpAsItStands() throws Exception {
        Path file = Files.writeString(temp.resolve("key"), "tskey-auth-k");

        assertThat(up(NEW, "TS_AUTHKEY=file:" + file)).contains("--authkey=file:" + file);
        assertThat(up(MEMBER, "TS_AUTHKEY=tskey-auth-k")).contains("--authkey=tskey-auth-k");
    }

    @Test
    void aSecretBecomesAKeyForTheTagsThatTheNodeAsksFor() throws Exception {
        Path file = Files.writeString(temp.resolve("key"), "tskey-client-k?baseURL=" + api.url());

        assertThat(up(NEW, "TS_AUTHKEY=file:" + file, "TS_TAGS=tag:a, b"))
                .contains("--authkey=" + FakeKeyApi.KEY, "--advertise-tags=tag:a,b");
        assertThat(api.asked().getLast().body()).contains("\"tags\":[\"tag:a\",\"tag:b\"]");
    }

    @Test
    void tagsAndServerMayStandAmongTheExtraWords() throws Exception {
        assertThat(
                        up(
                                NEW,
                                "TS_CLIENT_ID=cid",
                                "TS_ID_TOKEN=eyJ.jwt.x",
                                "TS_EXTRA_ARGS=--advertise-tags tag:c --login-server=" + api.url()))
                .contains("--authkey=" + FakeKeyApi.KEY)
                .noneMatch(word -> word.contains("jwt") || word.contains("client-id"));
        assertThat(api.asked().getLast().body()).contains("\"tags\":[\"tag:c\"]");
    }

    @Test
    void aMemberGetsAKeyOnlyIfItIsRefused() throws Exception {
        String secret = "TS_CLIENT_SECRET=tskey-client-k?baseURL=" + api.url();

        assertThat(up(MEMBER, secret, "TS_TAGS=tag:a"))
                .noneMatch(word -> word.contains("key") || word.contains("secret"));
        assertThat(api.asked()).isEmpty();
        assertThat(up(REFUSED, secret, "TS_TAGS=tag:a")).contains("--authkey=" + FakeKeyApi.KEY);
    }

    @Test
    void whatIsMissingIsSaid() {
        assertThatThrownBy(() -> up(NEW, "TS_CLIENT_SECRET=tskey-client-k"))
                .isInstanceOf(CredentialException.class)
                .hasMessageStartingWith("oauth authkeys require --advertise-tags (or TS_TAGS");
        assertThatThrownBy(() -> up(NEW, "TS_AUTHKEY=file:" + temp.resolve("none")))
                .isInstanceOf(CredentialException.class)
                .hasMessageEndingWith("/none: no such file or directory");
    }
}
