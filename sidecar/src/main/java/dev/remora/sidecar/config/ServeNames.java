package dev.remora.sidecar.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The names in a serve configuration, which may be written in any case. What people name themselves, such as ports, hosts and paths, is never one of them.
final class ServeNames {
    private static final Map<String, String> BY_LOWER_CASE =
            Stream.of(
                            "TCP",
                            "Web",
                            "Services",
                            "AllowFunnel",
                            "Foreground",
                            "HTTPS",
                            "HTTP",
                            "TCPForward",
                            "TerminateTLS",
                            "ProxyProtocol",
                            "Handlers",
                            "Path",
                            "Proxy",
                            "Text",
                            "AcceptAppCaps",
                            "Redirect",
                            "Tun")
                    .collect(
                            Collectors.toUnmodifiableMap(
                                    name -> name.toLowerCase(Locale.ROOT), Function.identity()));

    private ServeNames() {}

    static boolean isKnown(String name) {
        return BY_LOWER_CASE.containsValue(name);
    }

    /// The same with all of them as they are written usually.
    static Map<String, Object> spelt(Map<String, Object> members) {
        Map<String, Object> spelt = new LinkedHashMap<>();
        members.forEach((name, value) ->
                spelt.put(
                        BY_LOWER_CASE.getOrDefault(name.toLowerCase(Locale.ROOT), name),
                        speltValue(value)));
        return spelt;
    }

    private static @Nullable Object speltValue(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> members = new LinkedHashMap<>();
            map.forEach((name, member) -> members.put(String.valueOf(name), member));
            return spelt(members);
        }
        return value instanceof List<?> list
                ? list.stream().map(ServeNames::speltValue).toList()
                : value;
    }
}
