package dev.remora.sidecar.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What stands behind a served port, as people write it, made into the form that the daemon keeps.
final class ServeTarget {
    private static final List<String> WEB = List.of("http", "https", "https+insecure", "unix");
    private static final List<String> TCP = List.of("tcp", "unix");
    private static final List<String> LOCAL = List.of("localhost", "127.0.0.1", "[::1]");
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
        GoUrl parsed = GoUrl.parse(url);
        if (parsed.port().isEmpty()) {
            throw new CommandException("TCP target " + GoText.quote(url) + " must include a port");
        }
        return parsed.host() + ":" + parsed.port();
    }

    private static String expand(String text, List<String> schemes, String scheme)
            throws CommandException {
        if (text.isEmpty()) {
            throw new CommandException("empty target");
        }
        String digits = text.replaceFirst("^0+(?=.)", "");
        if (digits.matches("[0-9]{1,5}") && Integer.parseInt(digits) <= MAX_PORT) {
            return scheme + "://127.0.0.1:" + digits;
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
    private static String checked(String text, boolean bare, List<String> schemes)
            throws CommandException {
        GoUrl url = GoUrl.parse(text);
        if (!schemes.contains(url.scheme())) {
            throw new CommandException(
                    "must be a URL starting with one of the supported schemes: ["
                            + String.join(" ", schemes)
                            + "]");
        }
        checkHost(url, text, bare);
        String port = url.port().isEmpty() ? "" : ":" + checkedPort(url.port());
        return url.scheme() + "://" + url.user() + url.host() + port + url.rest();
    }

    private static void checkHost(GoUrl url, String text, boolean bare) throws CommandException {
        boolean isLocal = LOCAL.contains(url.host());
        if (isLocal && url.port().isEmpty()) {
            throw new CommandException("port required for localhost target " + GoText.quote(text));
        }
        if (!isLocal && !isHost(url.host())) {
            throw new CommandException(
                    "invalid hostname or IP address " + GoText.quote(url.hostname()));
        }
        if (!isLocal && bare) {
            throw new CommandException(
                    "non-localhost target " + GoText.quote(text) + " must include a scheme");
        }
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

    private static int checkedPort(String port) throws CommandException {
        String digits = port.replaceFirst("^0+(?=.)", "");
        boolean isNumber = digits.length() <= 5;
        if (!isNumber || Integer.parseInt(digits) == 0 || Integer.parseInt(digits) > MAX_PORT) {
            throw new CommandException("invalid port " + GoText.quote(port));
        }
        return Integer.parseInt(digits);
    }

    /// A directory is served under a mount that ends in a slash.
    static boolean isDirectory(String path) throws CommandException {
        if (!Files.exists(Path.of(path))) {
            throw new CommandException("invalid path");
        }
        return Files.isDirectory(Path.of(path));
    }
}
