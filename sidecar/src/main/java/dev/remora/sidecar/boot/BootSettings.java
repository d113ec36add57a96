package dev.remora.sidecar.boot;

import dev.remora.sidecar.life.Probes;
import dev.remora.sidecar.oauth.Credentials;
import dev.remora.sidecar.oauth.SecretFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// All that the environment asks for, checked.
///
/// @param endpoints where health and metrics are told
record BootSettings(Login login, DaemonPart daemon, Publishing publishing, List<Probes> endpoints) {
    /// The same, asking for no tags, and saying so: `up` takes nothing back unsaid.
    BootSettings withoutTags() {
        List<String> extra = new ArrayList<>(login.extra());
        extra.add("--advertise-tags=");
        Login same =
                new Login(
                        login.authKey(),
                        login.clientId(),
                        login.clientSecret(),
                        login.idToken(),
                        login.audience(),
                        login.hostname(),
                        "",
                        login.once(),
                        extra,
                        login.acceptDns(),
                        login.routes(),
                        login.patience());
        return new BootSettings(same, daemon, publishing, endpoints);
    }

    /// The same, with this key and nothing else to log in with.
    BootSettings withKey(String key) {
        Login same =
                new Login(
                        key,
                        "",
                        "",
                        "",
                        "",
                        login.hostname(),
                        login.tags(),
                        login.once(),
                        login.extra(),
                        login.acceptDns(),
                        login.routes(),
                        login.patience());
        return new BootSettings(same, daemon, publishing, endpoints);
    }

    /// Who the node is to be, and what lets it in.
    ///
    /// @param authKey as given: a key, an OAuth client secret, or `file:PATH`; empty for none
    /// @param clientId OAuth or workload identity; empty for none
    /// @param clientSecret as given, may be `file:PATH`
    /// @param idToken as given, may be `file:PATH`
    /// @param tags with commas between them and no blanks; empty for none
    /// @param once log in only when there is no login yet; otherwise settings are stated again at each start
    /// @param extra further words for `up`
    /// @param acceptDns what was asked for, in whatever way
    /// @param routes what is to be offered; present but empty takes back what was offered before
    /// @param patience how long a login may take before the log says that it takes long
    record Login(
            String authKey,
            String clientId,
            String clientSecret,
            String idToken,
            String audience,
            String hostname,
            String tags,
            boolean once,
            List<String> extra,
            boolean acceptDns,
            Optional<String> routes,
            Duration patience) {
        /// Keys and tokens are nobody's to read.
        @Override
        public String toString() {
            return "Login[hostname=%s, tags=%s, once=%s]".formatted(hostname, tags, once);
        }

        /// The files that key, secret and token are read from, as far as they are.
        Stream<String> keyFiles() {
            return Stream.of(authKey, clientSecret, idToken)
                    .filter(SecretFile::isNamedBy)
                    .map(SecretFile::path);
        }

        Credentials credentials() {
            return new Credentials(authKey, clientId, clientSecret, idToken, audience);
        }
    }

    /// What the daemon is told.
    ///
    /// @param stateDirectory empty, and no Secret: nothing is kept, and the node is an ephemeral one
    /// @param secret the Kubernetes Secret that the state is kept in, whatever the directory
    /// @param extra further words for the daemon
    /// @param config a file that says what the node is to be, in place of `up`
    /// @param link where tools look for the socket
    /// @param jsonLog one JSON object a line
    /// @param verbosity 0 for what a person running a node wants to know, 1 for more, 2 for everything
    /// @param exposesAll whether ports of localhost that nobody declared answer, too
    record DaemonPart(
            boolean userspace,
            Optional<Path> stateDirectory,
            Optional<String> secret,
            Optional<Path> config,
            Path socket,
            Path link,
            List<String> extra,
            boolean jsonLog,
            int verbosity,
            boolean exposesAll) {}

    /// What is published on the tailnet.
    ///
    /// @param file serve configuration to follow
    /// @param declared ports that the environment itself declares, as JSON of a serve configuration
    /// @param drain how long open connections may go on when the container ends
    /// @param job the container has done what it is for when the app is gone
    record Publishing(
            Optional<Path> file, Optional<String> declared, Duration drain, boolean job) {}
}
