package dev.remora.sidecar.cli;

import dev.remora.sidecar.oauth.CredentialException;
import dev.remora.sidecar.oauth.Credentials;
import dev.remora.sidecar.oauth.KeyExchange;
import java.util.List;

/// The flags of `up` that let a node in without a person, and the auth key that comes of them.
final class LoginKey {
    private static final String KEY = "auth-key";
    private static final String CLIENT_ID = "client-id";
    private static final String CLIENT_SECRET = "client-secret";
    private static final String ID_TOKEN = "id-token";
    private static final String AUDIENCE = "audience";

    private LoginKey() {}

    static Flags addTo(Flags flags) {
        return flags.text(
                        KEY,
                        "",
                        "key that lets the node in without a person; file:PATH reads it from a file")
                .alias("authkey", KEY)
                .text(
                        CLIENT_ID,
                        "",
                        "OAuth client that trusts the platform this runs on; wants --id-token or --audience")
                .text(
                        CLIENT_SECRET,
                        "",
                        "secret of an OAuth client, which makes an auth key; file:PATH reads it from a file")
                .text(
                        ID_TOKEN,
                        "",
                        "token in which the platform says what this is; file:PATH reads it from a file")
                .text(AUDIENCE, "", "audience of the token to ask the platform for");
    }

    /// Whether nobody is to be sent to a page.
    static boolean isGiven(Flags flags) {
        return flags.isGiven(KEY) || flags.isGiven(CLIENT_ID) || flags.isGiven(CLIENT_SECRET);
    }

    /// Whether nobody may read what this flag is set to.
    static boolean isSecret(String flag) {
        return List.of(KEY, CLIENT_SECRET, ID_TOKEN).contains(flag);
    }

    /// The key; empty if none was given, and a blank for one that was given but is empty: a daemon that needs a key then says what is wrong, instead of
    /// waiting for a person who is not there.
    ///
    /// @param tags the node is to have
    /// @param server its control server's URL
    static String of(Flags flags, List<String> tags, String server) throws CommandException {
        Credentials given =
                new Credentials(
                        flags.text(KEY),
                        flags.text(CLIENT_ID),
                        flags.text(CLIENT_SECRET),
                        flags.text(ID_TOKEN),
                        flags.text(AUDIENCE));
        try {
            String key = KeyExchange.ofThisProcess().authKey(given.resolved(), tags, server);
            return key.isBlank() && isGiven(flags) ? " " : key;
        } catch (CredentialException e) {
            throw new CommandException(e.sentence());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted");
        }
    }
}
