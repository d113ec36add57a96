package dev.remora.sidecar.oauth;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// What a key is to be like, as it stands behind a secret or a client id:
///
///     tskey-client-…?ephemeral=false&preauthorized=true&baseURL=https://…
///
/// @param bare what stands before the question mark
/// @param ephemeral the server forgets nodes of this key when they are gone
/// @param preauthorized nodes of this key need nobody's approval
/// @param baseUrl of the API; empty for the usual one
record KeyWishes(String bare, boolean ephemeral, boolean preauthorized, String baseUrl) {
    private static final String EPHEMERAL = "ephemeral";
    private static final String PREAUTHORIZED = "preauthorized";
    private static final String BASE_URL = "baseURL";

    /// Of a client's secret: what is not said is the default.
    static KeyWishes ofSecret(String text) throws CredentialException {
        Map<String, String> said = said(text, Set.of(EPHEMERAL, PREAUTHORIZED, BASE_URL));
        said.values().removeIf(String::isEmpty);
        return of(text, said, true);
    }

    /// Of a client's id: as soon as anything is said, what is not said is false.
    static KeyWishes ofClientId(String text) throws CredentialException {
        return of(text, said(text, Set.of(EPHEMERAL, PREAUTHORIZED)), text.indexOf('?') < 0);
    }

    private static KeyWishes of(String text, Map<String, String> said, boolean ephemeral)
            throws CredentialException {
        int mark = text.indexOf('?');
        return new KeyWishes(
                mark < 0 ? text : text.substring(0, mark),
                bool(said, EPHEMERAL, ephemeral),
                bool(said, PREAUTHORIZED, false),
                said.getOrDefault(BASE_URL, ""));
    }

    /// The first value of a name counts.
    private static Map<String, String> said(String text, Set<String> known)
            throws CredentialException {
        Map<String, String> said = new LinkedHashMap<>();
        int mark = text.indexOf('?');
        String query = mark < 0 ? "" : text.substring(mark + 1);
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            if (!name.isEmpty() && !known.contains(name)) {
                throw CredentialException.incomplete("unknown attribute \"" + name + "\"");
            }
            said.putIfAbsent(name, equals < 0 ? "" : decoded(pair.substring(equals + 1)));
        }
        return said;
    }

    private static String decoded(String text) throws CredentialException {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw CredentialException.incomplete(
                    "the attributes behind the question mark are no query: a percent sign in them must be written as %25");
        }
    }

    private static boolean bool(Map<String, String> said, String name, boolean otherwise)
            throws CredentialException {
        String text = said.get(name);
        return switch (text) {
            case null -> otherwise;
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default ->
                    throw CredentialException.incomplete(
                            "invalid attribute boolean attribute %s value \"%s\""
                                    .formatted(name, text));
        };
    }

    /// The bare text may be a secret.
    @Override
    public String toString() {
        return "KeyWishes[ephemeral=%s, preauthorized=%s, baseUrl=%s]"
                .formatted(ephemeral, preauthorized, baseUrl);
    }
}
