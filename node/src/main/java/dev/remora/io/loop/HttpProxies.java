package dev.remora.io.loop;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which proxy, if any, stands between us and a server, by the variables that Go programs and curl heed:
///
/// * `HTTPS_PROXY` for servers with TLS, `HTTP_PROXY` for those without; a URL or `host:port`
/// * `NO_PROXY`, a list with commas of who is reached directly: names with all below them, `.suffix` for those
///   below alone, addresses, prefixes, each but the last perhaps with a `:port`, or `*` for everybody
///
/// In capitals or not; the capitals win. This machine itself is always reached directly.
public final class HttpProxies {
    /// Everybody is reached directly.
    public static final HttpProxies NONE = of(Map.of());

    private static final Logger LOG = LoggerFactory.getLogger(HttpProxies.class);

    private final Optional<HttpProxy> http;
    private final Optional<HttpProxy> https;
    private final List<String> direct;

    private HttpProxies(Optional<HttpProxy> http, Optional<HttpProxy> https, List<String> direct) {
        this.http = http;
        this.https = https;
        this.direct = direct;
    }

    /// @param variables such as `System.getenv()`
    public static HttpProxies of(Map<String, String> variables) {
        return new HttpProxies(
                proxy(variables, "HTTP_PROXY"),
                proxy(variables, "HTTPS_PROXY"),
                Arrays.stream(value(variables, "NO_PROXY").split(","))
                        .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                        .filter(entry -> !entry.isEmpty())
                        .toList());
    }

    private static String value(Map<String, String> variables, String name) {
        String capitals = variables.getOrDefault(name, "");
        return capitals.isEmpty()
                ? variables.getOrDefault(name.toLowerCase(Locale.ROOT), "")
                : capitals;
    }

    private static Optional<HttpProxy> proxy(Map<String, String> variables, String name) {
        String text = value(variables, name).strip();
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(HttpProxy.parse(text));
        } catch (MalformedException e) {
            LOG.warn("{} is ignored: {}", name, e.reason());
            return Optional.empty();
        }
    }

    /// The proxy to ask for a way to this server; empty if there is none in between.
    ///
    /// @param host a name or an address, without brackets
    public Optional<HttpProxy> towards(boolean tls, String host, int port) {
        Optional<HttpProxy> proxy = tls ? https : http;
        return proxy.filter(p -> !isDirect(host.toLowerCase(Locale.ROOT), port));
    }

    private boolean isDirect(String host, int port) {
        Optional<IpAddress> ip = address(host);
        if (host.equals("localhost") || ip.filter(IpAddress::isLoopback).isPresent()) {
            return true;
        }
        return direct.stream().anyMatch(entry -> names(entry, host, ip, port));
    }

    private static boolean names(String entry, String host, Optional<IpAddress> ip, int port) {
        if (entry.equals("*")) {
            return true;
        }
        if (entry.indexOf('/') >= 0) {
            return ip.filter(address -> prefixHolds(entry, address)).isPresent();
        }
        int colon = isBareIpv6(entry) ? -1 : entry.lastIndexOf(':');
        String name = colon < 0 || entry.endsWith("]") ? entry : entry.substring(0, colon);
        boolean portFits = name.equals(entry) || entry.substring(colon + 1).equals("" + port);
        return portFits && nameFits(name.replaceAll("^\\[|]$", ""), host, ip);
    }

    private static boolean nameFits(String name, String host, Optional<IpAddress> ip) {
        if (ip.isPresent()) {
            return address(name).equals(ip);
        }
        String suffix = name.startsWith("*.") ? name.substring(1) : name;
        return suffix.startsWith(".")
                ? host.endsWith(suffix)
                : host.equals(suffix) || host.endsWith("." + suffix);
    }

    private static boolean prefixHolds(String entry, IpAddress address) {
        try {
            return IpPrefix.parse(entry).masked().contains(address);
        } catch (MalformedException e) {
            return false;
        }
    }

    private static boolean isBareIpv6(String entry) {
        return entry.indexOf(':') != entry.lastIndexOf(':') && !entry.startsWith("[");
    }

    private static Optional<IpAddress> address(String text) {
        try {
            return Optional.of(IpAddress.parse(text));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    /// For the log: who stands in between, without passwords; empty if nobody does.
    @Override
    public String toString() {
        return Stream.concat(
                        http.map(proxy -> "HTTP through " + proxy).stream(),
                        https.map(proxy -> "HTTPS through " + proxy).stream())
                .collect(Collectors.joining(", "));
    }
}
