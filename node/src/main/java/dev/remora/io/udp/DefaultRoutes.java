package dev.remora.io.udp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Through which interfaces packets to the rest of the world leave, as the kernel's routing tables say on Linux; nothing elsewhere.
///
///     /proc/net/route       interface destination gateway flags refcount use metric mask …
///     /proc/net/ipv6_route  destination 32 | length 2 | source | length | next hop | metric | … | flags | interface      (hexadecimal)
public final class DefaultRoutes {
    private static final Path IPV4 = Path.of("/proc/net/route");
    private static final Path IPV6 = Path.of("/proc/net/ipv6_route");
    private static final String ANY_V4 = "00000000";
    private static final String ANY_V6 = "0".repeat(32);

    private DefaultRoutes() {}

    record Route(String interfaceName, long metric) {}

    /// The names of the interfaces, one for each family that has a default route.
    public static Set<String> interfaces() {
        return Stream.of(best(IPV4, DefaultRoutes::ofV4), best(IPV6, DefaultRoutes::ofV6))
                .flatMap(Optional::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Optional<String> best(Path table, Function<String[], Optional<Route>> reader) {
        List<String> lines;
        try {
            lines = Files.readAllLines(table);
        } catch (IOException e) {
            return Optional.empty(); // not a Linux, or without that family
        }
        return lines.stream()
                .flatMap(line -> reader.apply(line.strip().split("\\s+")).stream())
                .min(Comparator.comparingLong(Route::metric))
                .map(Route::interfaceName);
    }

    static Optional<Route> ofV4(String[] fields) {
        boolean isDefault =
                fields.length >= 8 && fields[1].equals(ANY_V4) && fields[7].equals(ANY_V4);
        return isDefault
                ? Optional.of(new Route(fields[0], Long.parseLong(fields[6])))
                : Optional.empty();
    }

    /// A kernel without IPv6 routes says so with a default route through `lo`.
    static Optional<Route> ofV6(String[] fields) {
        boolean isDefault =
                fields.length >= 10
                        && fields[0].equals(ANY_V6)
                        && fields[1].equals("00")
                        && !fields[9].equals("lo");
        return isDefault
                ? Optional.of(new Route(fields[9], Long.parseLong(fields[5], 16)))
                : Optional.empty();
    }
}
