package dev.remora.sidecar.oauth;

import java.io.IOException;

/// What a user gives to let a node in, each part empty if it is not given.
///
/// @param authKey an auth key, or an OAuth client's secret in its place
/// @param clientId of an OAuth client that trusts a platform, perhaps with wishes behind it
/// @param clientSecret of an OAuth client, perhaps with wishes behind it; anything else is taken for an auth key
/// @param idToken in which the platform says what this workload is
/// @param audience for which to fetch such a token
public record Credentials(
        String authKey, String clientId, String clientSecret, String idToken, String audience) {
    private static final String CLIENT_SECRET = "tskey-client-";

    /// The same, with the contents of files in the places of `file:PATH`, white space around them left out. A client's id is never in a file.
    public Credentials resolved() throws CredentialException {
        return new Credentials(
                content(authKey), clientId, content(clientSecret), content(idToken), audience);
    }

    private static String content(String text) throws CredentialException {
        if (!SecretFile.isNamedBy(text)) {
            return text;
        }
        String file = SecretFile.path(text);
        try {
            return SecretFile.read(file);
        } catch (IOException e) {
            throw CredentialException.incomplete("open " + file + ": " + e.getMessage());
        }
    }

    /// Whether nothing is given at all.
    public boolean isEmpty() {
        return (authKey + clientId + clientSecret + idToken + audience).isEmpty();
    }

    /// What counts of key and secret.
    String keyOrSecret() {
        return authKey.isEmpty() ? clientSecret : authKey;
    }

    boolean hasClientSecret() {
        return keyOrSecret().startsWith(CLIENT_SECRET);
    }

    /// Whether an API has to be asked for the key.
    public boolean needExchange() {
        return hasClientSecret() || keyOrSecret().isEmpty() && !clientId.isEmpty();
    }

    /// All of it is secret.
    @Override
    public String toString() {
        return "Credentials";
    }
}
