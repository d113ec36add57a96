package dev.remora.sidecar.boot;

import dev.remora.sidecar.life.Situation;
import dev.remora.sidecar.oauth.CredentialException;
import dev.remora.sidecar.oauth.Credentials;
import dev.remora.sidecar.oauth.KeyExchange;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What `up` is to log in with, found anew before each try: a key that the environment gives goes to `up` as it stands; for an OAuth client or a platform's token a key
/// is made at the API, but only for a node that needs one.
final class LoginCredentials {
    private static final String USUAL_SERVER = "https://controlplane.tailscale.com";

    private final KeyExchange exchange;
    private final Optional<PodSecret> secret;

    /// @param secret has the key where the environment has nothing of the kind
    LoginCredentials(KeyExchange exchange, Optional<PodSecret> secret) {
        this.exchange = exchange;
        this.secret = secret;
    }

    /// What there is at this moment, in a form that tells whether it is something else by now; asks nobody.
    String digest(BootSettings.Login login) {
        String inFiles = KeyText.digest(login);
        return secret.map(PodSecret::lastKey)
                .map(key -> inFiles + KeyText.sha256(key))
                .orElse(inFiles);
    }

    /// The settings that `up` is to be told.
    ///
    /// @param situation of the node; one that is a member still needs no new key
    BootSettings ready(BootSettings settings, Situation situation)
            throws CredentialException, InterruptedException {
        Credentials named = settings.login().credentials();
        Optional<String> kept = named.isEmpty() ? secret.map(PodSecret::authKey) : Optional.empty();
        Credentials given =
                kept.map(key -> new Credentials(key, "", "", "", "")).orElse(named).resolved();
        if (!given.needExchange()) {
            return kept.map(settings::withKey).orElse(settings);
        }
        return situation.hasLogin() && !situation.isRefused()
                ? settings.withKey("")
                : settings.withKey(
                        exchange.authKey(given, tags(settings.login()), server(settings.login())));
    }

    private static List<String> tags(BootSettings.Login login) {
        String text =
                Optional.of(login.tags())
                        .filter(tags -> !tags.isEmpty())
                        .or(() -> ExtraWords.value(login.extra(), "advertise-tags"))
                        .orElse("");
        return Arrays.stream(text.split(","))
                .filter(tag -> !tag.isEmpty())
                .map(tag -> tag.contains(":") ? tag : "tag:" + tag)
                .toList();
    }

    private static String server(BootSettings.Login login) {
        return ExtraWords.value(login.extra(), "login-server").orElse(USUAL_SERVER);
    }
}
