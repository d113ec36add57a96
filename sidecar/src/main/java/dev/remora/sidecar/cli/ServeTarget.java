package dev.remora.sidecar.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// What stands behind a served port, as people write it, made into the form that the daemon keeps.
final class ServeTarget {
    private static final List<String> WEB = List.of("http", "https", "https+insecure", "unix");
    private static final List<String> TCP = List.of("tcp", "unix");
    private static final int MAX_PORT = 0xffff;

    private ServeTarget() {}

    /// A URL that requests are handed to.
    static String forWeb(String text) throws CommandException {
        return expand(text, WEB, "http");
    }

    /// `host:port`, or `unix:/path`.
    static String forTcp(String text) throws CommandException {
        String url;
        try {
            url = expand(text, TCP, "tcp");
        } catch (CommandException e) {
            throw new CommandException("unable to expand target: " + e.message());
        }
        if (url.startsWith("unix:")) {
            return url;
        }
        String target = hostAndPort(authority(url));
        if (target.lastIndexOf(':') <= target.lastIndexOf(']')) {
            throw new CommandException("TCP target " + GoText.quote(url) + " must include a port");
        }
        return target;
    }

    private static String expand(String text, List<String> schemes, String scheme)
            throws CommandException {
        if (text.isEmpty()) {
            throw new CommandException("empty target");
        }
        if (text.length() <= 5
                && text.chars().allMatch(Character::isDigit)
                && Integer.parseInt(text) <= MAX_PORT) {
            return scheme + "://127.0.0.1:" + Integer.parseInt(text);
        }
        if (text.startsWith("unix:")) {
            if (text.equals("unix:")) {
                throw new CommandException("unix socket path cannot be empty");
            }
            return text;
        }
        boolean bare = !text.contains("://");
        return checked(bare ? scheme + "://" + text : text, bare, schemes);
    }

    /// The URL in its usual spelling: a scheme in small letters, a port without zeros in front.
    private static String checked(String url, boolean bare, List<String> schemes)
            throws CommandException {
        String scheme = url.substring(0, url.indexOf("://")).toLowerCase(Locale.ROOT);
        String authority = authority(url);
        if (authority.indexOf(' ') >= 0) {
            throw new CommandException(
                    "invalid URL parse "
                            + GoText.quote(url)
                            + ": invalid character \" \" in host name");
        }
        if (!schemes.contains(scheme)) {
            throw new CommandException(
                    "must be a URL starting with one of the supported schemes: ["
                            + String.join(" ", schemes)
                            + "]");
        }
        String hostAndPort = hostAndPort(authority);
        String user = authority.substring(0, authority.length() - hostAndPort.length());
        String path = url.substring(url.indexOf("://") + 3 + authority.length());
        return scheme + "://" + user + checkedHost(url, hostAndPort, bare) + path;
    }

    /// What stands between the scheme and the path.
    private static String authority(String url) {
        return url.substring(url.indexOf("://") + 3).split("[/?#]", 2)[0];
    }

    /// An authority without a user's name.
    private static String hostAndPort(String authority) {
        return authority.substring(authority.lastIndexOf('@') + 1);
    }

    private static String checkedHost(String url, String hostAndPort, boolean bare)
            throws CommandException {
        int colon = hostAndPort.lastIndexOf(':');
        boolean hasPort = colon > hostAndPort.lastIndexOf(']');
        String host = hasPort ? hostAndPort.substring(0, colon) : hostAndPort;
        boolean isLocal = List.of("localhost", "127.0.0.1", "[::1]").contains(host);
        if (isLocal && !hasPort) {
            throw new CommandException("port required for localhost target " + GoText.quote(url));
        }
        if (!isLocal && !isHost(host)) {
            throw new CommandException("invalid hostname or IP address " + GoText.quote(host));
        }
        if (!isLocal && bare) {
            throw new CommandException(
                    "non-localhost target " + GoText.quote(url) + " must include a scheme");
        }
        return hasPort ? host + ":" + checkedPort(url, hostAndPort.substring(colon + 1)) : host;
    }

    private static boolean isHost(String host) {
        if (host.startsWith("[") && host.endsWith("]")) {
            return Addresses.parse(host.substring(1, host.length() - 1)).isPresent();
        }
        try {
            Settings.checkHostname(host.replace("_", "-"));
            return !host.isEmpty();
        } catch (CommandException e) {
            return false;
        }
    }

    private static int checkedPort(String url, String port) throws CommandException {
        if (!port.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new CommandException(
                    "invalid URL parse "
                            + GoText.quote(url)
                            + ": invalid port "
                            + GoText.quote(":" + port)
                            + " after host");
        }
        boolean isNumber = !port.isEmpty() && port.length() <= 5;
        if (!isNumber || Integer.parseInt(port) == 0 || Integer.parseInt(port) > MAX_PORT) {
            throw new CommandException("invalid port " + GoText.quote(port));
        }
        return Integer.parseInt(port);
    }

    /// A directory is served under a mount that ends in a slash.
    static boolean isDirectory(String path) throws CommandException {
        if (!Files.exists(Path.of(path))) {
            throw new CommandException("invalid path");
        }
        return Files.isDirectory(Path.of(path));
    }
}
