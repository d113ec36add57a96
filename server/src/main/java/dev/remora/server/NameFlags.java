package dev.remora.server;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What a server's flags say about names. A client drops all of it if one address in it is none, so what is wrong is refused here.
///
/// @param resolvers for everything; empty: each client's own
/// @param split name servers by suffix
/// @param search behind the base domain
/// @param magic whether nodes have names
public record NameFlags(
        List<String> resolvers,
        Map<String, List<String>> split,
        List<String> search,
        boolean magic) {
    private static final Pattern DOMAIN =
            Pattern.compile(
                    "[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\\.?");

    static NameFlags of(Words given) throws MalformedException {
        Map<String, List<String>> split = new HashMap<>();
        for (String part : given.text("split-dns").split(";")) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                String suffix = domain("split-dns", part.substring(0, equals).strip());
                split.put(suffix, resolvers("split-dns", part.substring(equals + 1)));
            } else if (!part.isBlank()) {
                throw new MalformedException("--split-dns is SUFFIX=ADDR,… with ; between several");
            }
        }
        List<String> search = new ArrayList<>();
        for (String suffix : parts(given.text("search-domains"))) {
            search.add(domain("search-domains", suffix));
        }
        return new NameFlags(
                resolvers("dns", given.text("dns")),
                Map.copyOf(split),
                List.copyOf(search),
                given.on("magic-dns", true));
    }

    /// Addresses, with a port if it is another than 53, or URLs of servers that speak HTTPS.
    private static List<String> resolvers(String flag, String text) throws MalformedException {
        List<String> resolvers = parts(text);
        for (String resolver : resolvers) {
            if (!isAddress(resolver) && !isUrl(resolver)) {
                throw new MalformedException(
                        "--"
                                + flag
                                + ": \""
                                + resolver
                                + "\" is no name server such as 10.0.0.53 or https://dns.example/dns-query");
            }
        }
        return resolvers;
    }

    private static boolean isAddress(String text) {
        try {
            return IpAddress.parse(text) != null;
        } catch (MalformedException e) {
            return isAddressWithPort(text);
        }
    }

    private static boolean isAddressWithPort(String text) {
        try {
            return IpPort.parse(text).port() > 0;
        } catch (MalformedException e) {
            return false;
        }
    }

    private static boolean isUrl(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null
                    && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String domain(String flag, String text) throws MalformedException {
        if (!DOMAIN.matcher(text).matches()) {
            throw new MalformedException("--" + flag + ": \"" + text + "\" is no domain");
        }
        return text;
    }

    private static List<String> parts(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }
}
