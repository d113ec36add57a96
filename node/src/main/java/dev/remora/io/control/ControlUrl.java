package dev.remora.io.control;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Where the control server is.
///
/// @param host a name or an address, without brackets
/// @param port -1 if the URL names none
/// @param path what stands before `/key` and `/ts2021`; empty, or with a slash in front
public record ControlUrl(boolean tls, String host, int port, String path) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /// Where Tailscale's own server was before Noise; rewritten, as every client does.
    private static final String LEGACY_HOST = "login.tailscale.com";

    private static final String CURRENT_HOST = "controlplane.tailscale.com";

    /// One way to try: TLS or not, and to which port.
    record Way(boolean tls, int port) {}

    /// Reads a URL as a user types it.
    ///
    /// @throws MalformedException with a reason that can be shown
    public static ControlUrl parse(String text) throws MalformedException {
        try {
            URI uri = new URI(text.strip());
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            String host = uri.getHost();
            boolean tls = scheme.equals("https");
            boolean noPort = uri.getPort() == 0 || uri.getPort() > 65535;
            if (host == null || !tls && !scheme.equals("http") || noPort) {
                throw invalid(text);
            }
            String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
            return new ControlUrl(
                    tls,
                    bare.equalsIgnoreCase(LEGACY_HOST) ? CURRENT_HOST : bare,
                    uri.getPort(),
                    String.valueOf(uri.getRawPath()).replaceFirst("/+$", ""));
        } catch (URISyntaxException e) {
            throw invalid(text);
        }
    }

    private static MalformedException invalid(String text) {
        return new MalformedException(
                "\""
                        + text
                        + "\" is no URL of a control server: it must look like https://host or http://host:port");
    }

    /// The URL again, without a final slash.
    public String text() {
        return (tls ? "https://" : "http://") + authority() + path;
    }

    @Override
    public String toString() {
        return text();
    }

    /// Host and, unless it goes without saying, port: as in a `Host` header.
    String authority() {
        String bracketed = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return port < 0 ? bracketed : bracketed + ":" + port;
    }

    int effectivePort() {
        if (port >= 0) {
            return port;
        }
        return tls ? HTTPS : HTTP;
    }

    /// How to try to get a Noise connection, in this order. What is inside authenticates the server, so
    /// plain HTTP will do, and passes where TLS is intercepted; but a box in between may let the upgrade
    /// through and kill the connection after, so whoever lost one lately goes straight to TLS.
    List<Way> ways(boolean lostOneLately) {
        List<Way> ways = new ArrayList<>();
        if (tls) {
            if (port < 0 && !lostOneLately) {
                ways.add(new Way(false, HTTP));
            }
            ways.add(new Way(true, effectivePort()));
        } else {
            if (!lostOneLately || isPrivate()) {
                ways.add(new Way(false, effectivePort()));
            }
            if (!isPrivate()) {
                ways.add(new Way(true, HTTPS));
            }
        }
        return ways;
    }

    /// True for `localhost` and for literal addresses that are nobody else's.
    boolean isPrivate() {
        try {
            IpAddress ip = IpAddress.parse(host);
            return ip.isPrivate() || ip.isLoopback();
        } catch (MalformedException e) {
            return host.equalsIgnoreCase("localhost");
        }
    }

    boolean isLoopback() {
        try {
            return IpAddress.parse(host).isLoopback();
        } catch (MalformedException e) {
            return host.equalsIgnoreCase("localhost");
        }
    }
}
