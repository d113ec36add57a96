package dev.remora.server.relay;

import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import java.net.URI;

/// Another relay of our region.
///
/// @param host name or address, as its certificate has it
/// @param tls false only between relays that have a private network for themselves
public record MeshPeer(String host, int port, boolean tls) {
    private static final int HTTPS = 443;
    private static final int HTTP = 80;

    /// Reads `HOST[:PORT]`, `https://HOST[:PORT]` or `http://HOST[:PORT]`.
    public static MeshPeer parse(String text) throws MalformedException {
        String url = text.contains("://") ? text : "https://" + text;
        try {
            URI uri = URI.create(url);
            boolean tls = "https".equals(uri.getScheme());
            boolean alone = uri.getPath().isEmpty() && uri.getUserInfo() == null;
            if (uri.getHost() == null || !alone || !tls && !"http".equals(uri.getScheme())) {
                throw new MalformedException("\"" + text + "\" is no relay: HOST[:PORT]");
            }
            int usual = tls ? HTTPS : HTTP;
            int port = uri.getPort() < 0 ? usual : IpPort.parsePort("" + uri.getPort());
            return new MeshPeer(uri.getHost(), port, tls);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("\"" + text + "\" is no relay: " + e.getMessage());
        }
    }

    /// As the `Host` header has it.
    String authority() {
        return port == (tls ? HTTPS : HTTP) ? host : host + ":" + port;
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + authority();
    }
}
