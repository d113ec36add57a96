package dev.remora.io.loop;

import dev.remora.base.MalformedException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/// A proxy that can be asked for tunnels.
///
/// @param tls the connection to the proxy itself is secured
/// @param host a name or an address, without brackets
/// @param authorization what goes behind `Proxy-Authorization:`, a secret
public record HttpProxy(boolean tls, String host, int port, Optional<String> authorization) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /// Reads `http://[user:password@]host[:port]`, the same with `https`, or only `host[:port]`.
    ///
    /// @throws MalformedException with a reason that can be shown: the text itself is not in it, for its password
    static HttpProxy parse(String text) throws MalformedException {
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            String host = uri.getHost();
            boolean tls = scheme.equals("https");
            if (!tls && !scheme.equals("http")) {
                throw new MalformedException(
                        "a proxy of the kind \"" + scheme + "\" cannot be used");
            }
            if (host == null || uri.getPort() == 0 || uri.getPort() > 65535) {
                throw notUrl();
            }
            int usual = tls ? HTTPS : HTTP;
            return new HttpProxy(
                    tls,
                    host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                    uri.getPort() < 0 ? usual : uri.getPort(),
                    Optional.ofNullable(uri.getRawUserInfo()).map(HttpProxy::basic));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw notUrl();
        }
    }

    private static MalformedException notUrl() {
        return new MalformedException("a proxy must be given as http://host:port");
    }

    /// RFC 7617, from the part of a URL before the `@`.
    private static String basic(String userInfo) {
        String plain = userInfo.contains(":") ? userInfo : userInfo + ":";
        byte[] decoded =
                URLDecoder.decode(plain.replace("+", "%2B"), StandardCharsets.UTF_8)
                        .getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(decoded);
    }

    /// Without user and password.
    @Override
    public String toString() {
        String bracketed = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return (tls ? "https://" : "http://") + bracketed + ":" + port;
    }
}
