package dev.remora.sidecar.boot;

import java.util.ArrayList;
import java.util.List;

/// The words that the daemon and the command line are called with, in the order in which the official image gives them.
final class Words {
    private Words() {}

    static List<String> ofDaemon(BootSettings.DaemonPart daemon) {
        List<String> words = new ArrayList<>();
        words.add("--socket=" + daemon.socket());
        words.add(
                daemon.secret()
                        .map(secret -> "--state=kube:" + secret)
                        .or(() ->
                                daemon.stateDirectory().map(directory -> "--statedir=" + directory))
                        .orElse("--state=mem:"));
        words.add("--tun=userspace-networking");
        daemon.config().ifPresent(file -> words.add("--config=" + file));
        if (daemon.jsonLog()) {
            words.add("--log-format=json");
        }
        if (daemon.verbosity() > 0) {
            words.add("--verbose=" + daemon.verbosity());
        }
        if (daemon.exposesAll()) {
            words.add("--expose=all");
        }
        words.addAll(daemon.extra());
        return words;
    }

    static List<String> ofUp(BootSettings settings) {
        BootSettings.Login login = settings.login();
        List<String> words = start(settings, "up");
        add(words, "authkey", login.authKey());
        add(words, "client-id", login.clientId());
        add(words, "client-secret", login.clientSecret());
        add(words, "id-token", login.idToken());
        add(words, "audience", login.audience());
        login.routes().ifPresent(routes -> words.add("--advertise-routes=" + routes));
        add(words, "hostname", login.hostname());
        add(words, "advertise-tags", login.tags());
        words.addAll(login.extra());
        return words;
    }

    /// States again what may change without a login.
    static List<String> ofSet(BootSettings settings) {
        List<String> words = start(settings, "set");
        settings.login().routes().ifPresent(routes -> words.add("--advertise-routes=" + routes));
        add(words, "hostname", settings.login().hostname());
        return words;
    }

    /// States what has changed without a login, and takes back what is no longer asked for.
    static List<String> ofChange(BootSettings settings, LiveFile.Change change) {
        List<String> words = start(settings, "set");
        if (change.has(Setting.ROUTES)) {
            words.add("--advertise-routes=" + settings.login().routes().orElse(""));
        }
        if (change.has(Setting.HOSTNAME)) {
            words.add("--hostname=" + settings.login().hostname());
        }
        return words;
    }

    static List<String> ofDown(BootSettings settings) {
        return List.of("--socket=" + settings.daemon().socket(), "down");
    }

    static List<String> ofLogout(BootSettings settings) {
        return List.of("--socket=" + settings.daemon().socket(), "logout");
    }

    private static List<String> start(BootSettings settings, String command) {
        List<String> words = new ArrayList<>();
        words.add("--socket=" + settings.daemon().socket());
        words.add(command);
        words.add("--accept-dns=" + settings.login().acceptDns());
        return words;
    }

    private static void add(List<String> words, String flag, String value) {
        if (!value.isEmpty()) {
            words.add("--" + flag + "=" + value);
        }
    }
}
