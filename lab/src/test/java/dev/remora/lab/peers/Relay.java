package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A relay with STUN on a host of its own, whoever made it: it can be stopped while the control server stays.
public sealed interface Relay permits Derper, RemoraRelay {
    Host host();

    int regionId();

    void stop();

    /// Starts it again, with the key it had.
    void start();

    /// A file that describes its region as headscale's `derp.paths` wants it.
    ///
    /// @param others further relays of the same region, less preferred by clients
    default Path derpMap(Relay... others) {
        String nodes =
                IntStream.range(0, others.length + 1)
                        .mapToObj(i -> node(i, i == 0 ? this : others[i - 1]))
                        .collect(Collectors.joining());
        String map =
                """
                regions:
                  %1$d:
                    regionid: %1$d
                    regioncode: r%1$d
                    regionname: region %1$d
                    nodes:
                %2$s
                """
                        .formatted(regionId(), nodes);
        try {
            return Files.writeString(host().folder("region").resolve("map.yaml"), map);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String node(int index, Relay relay) {
        return "      - {name: %1$d%2$c, regionid: %1$d, hostname: %3$s, ipv4: %3$s, stunport: 3478, derpport: 443}\n"
                .formatted(regionId(), (char) ('a' + index), relay.host().ip4());
    }
}
