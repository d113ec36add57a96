package dev.remora.server;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import java.net.URI;

/// Under which address clients know a server. The protocol has no room for a path.
///
/// @param host a DNS name or an address, without brackets
/// @param port as it is dialled, also where the URL does not say it
public record ServerUrl(boolean secure, String host, int port) {
    private static final int HTTPS = 443;
    private static final int HTTP = 80;

    static ServerUrl parse(String text) throws MalformedException {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("--url: \"" + text + "\" is no URL");
        }
        boolean secure = "https".equals(uri.getScheme());
        boolean known = secure || "http".equals(uri.getScheme());
        String path = uri.getPath() == null ? "" : uri.getPath();
        if (!known || uri.getHost() == null || !(path.isEmpty() || path.equals("/"))) {
            throw new MalformedException(
                    "--url is https://NAME[:PORT] or http://…, without a path");
        }
        int port = uri.getPort() > 0 ? uri.getPort() : secure ? HTTPS : HTTP;
        return new ServerUrl(secure, bare(uri.getHost()), port);
    }

    /// Whether the official client comes back after each loss of its connection: with plain HTTP it does so only to an
    /// address that nobody else can have; for any other host it soon tries TLS on port 443, and nothing else.
    boolean isSteady() {
        if (secure || host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            IpAddress ip = IpAddress.parse(host);
            return ip.isPrivate() || ip.isLoopback();
        } catch (MalformedException e) {
            return false;
        }
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /// Without a slash at the end.
    @Override
    public String toString() {
        String shown = host.contains(":") ? "[" + host + "]" : host;
        String tail = port == (secure ? HTTPS : HTTP) ? "" : ":" + port;
        return (secure ? "https://" : "http://") + shown + tail;
    }
}
