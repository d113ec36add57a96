package dev.remora.sidecar.cli;

import java.util.Locale;

/// A URL with a host, taken apart and refused in the order and the words of Go's `net/url`, which people know from `tailscale`.
///
/// @param scheme in small letters
/// @param user a user's name with the `@` behind it, or empty
/// @param host as it was written, brackets included
/// @param port its digits, or empty
/// @param rest path and query
record GoUrl(String scheme, String user, String host, String port, String rest) {
    private static final String UNRESERVED = "-_.~!$&'()*+,;=:[]<>\"";

    /// @throws CommandException if Go's parser for request targets would refuse it, too
    static GoUrl parse(String url) throws CommandException {
        if (url.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw wrong(url, "net/url: invalid control character in URL");
        }
        int colon = url.indexOf(':');
        if (colon == 0) {
            throw wrong(url, "missing protocol scheme");
        }
        String scheme = url.substring(0, colon);
        if (!scheme.matches("[A-Za-z][A-Za-z0-9+.-]*")) {
            throw wrong(url, "invalid URI for request");
        }
        String after = url.substring(colon + 1);
        String authority = after.startsWith("//") ? after.substring(2).split("[/?]", 2)[0] : "";
        String rest = after.startsWith("//") ? after.substring(2 + authority.length()) : after;
        int at = authority.lastIndexOf('@') + 1;
        String hostAndPort = authority.substring(at);
        int end = portStart(url, hostAndPort);
        checkEscapes(url, hostAndPort.substring(0, end), true);
        checkEscapes(url, rest.split("\\?", 2)[0], false);
        return new GoUrl(
                scheme.toLowerCase(Locale.ROOT),
                authority.substring(0, at),
                hostAndPort.substring(0, end),
                hostAndPort.substring(Math.min(end + 1, hostAndPort.length())),
                rest);
    }

    /// Where the colon before the port is, or the end.
    private static int portStart(String url, String hostAndPort) throws CommandException {
        int bracket = hostAndPort.lastIndexOf(']');
        if (hostAndPort.startsWith("[") && bracket < 0) {
            throw wrong(url, "missing ']' in host");
        }
        boolean bracketed = hostAndPort.startsWith("[");
        int colon = bracketed ? bracket + 1 : hostAndPort.lastIndexOf(':');
        int end = colon < 0 ? hostAndPort.length() : colon;
        String port = hostAndPort.substring(end);
        if (!port.matches("(:[0-9]*)?")) {
            throw wrong(url, "invalid port " + GoText.quote(port) + " after host");
        }
        return end;
    }

    /// In a host only letters that are not ASCII may be escaped, and the sign before a zone.
    private static void checkEscapes(String url, String part, boolean isHost)
            throws CommandException {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == '%') {
                String escape = part.substring(i, Math.min(i + 3, part.length()));
                String allowed = isHost ? "%(25|[89a-fA-F][0-9a-fA-F])" : "%[0-9a-fA-F]{2}";
                if (!escape.matches(allowed)) {
                    throw wrong(url, "invalid URL escape " + GoText.quote(escape));
                }
            } else if (isHost && c < 0x80 && !isPlain(c)) {
                String text = GoText.quote(String.valueOf(c));
                throw wrong(url, "invalid character " + text + " in host name");
            }
        }
    }

    private static boolean isPlain(char c) {
        return Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0;
    }

    private static CommandException wrong(String url, String why) {
        return new CommandException("invalid URL parse " + GoText.quote(url) + ": " + why);
    }

    /// The host without brackets, as it is meant.
    String hostname() {
        String plain =
                host.startsWith("[") && host.endsWith("]")
                        ? host.substring(1, host.length() - 1)
                        : host;
        return plain.replace("%25", "%");
    }
}
