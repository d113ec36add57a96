package dev.remora.io.control;

import dev.remora.base.MalformedException;
import dev.remora.crypto.MachineKey;
import dev.remora.io.loop.ServerIdentity;
import dev.remora.proto.control.DialCandidate;
import dev.remora.proto.control.DialPlan;
import dev.remora.proto.noise.NoiseHandshake;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/// Finds a way to the control server: the URL's schemes, the server's own plan, DNS and proxies, tried side by side with a head start for the better ones.
/// Not safe for several threads.
final class ServerDialer {
    /// A plain connection that did not live for so long was perhaps killed by a box in between.
    private static final Duration SUSPICIOUS_LIFE = Duration.ofMinutes(2);

    private static final Duration TLS_AFTER_PLAIN = Duration.ofMillis(500);
    private static final Duration NEXT_ADDRESS_AFTER = Duration.ofMillis(300);

    private final ControlConfig config;
    private final Dialer dialer;
    private final RandomGenerator random;
    private Optional<Long> dialedAt = Optional.empty();

    ServerDialer(ControlConfig config, Dialer dialer, RandomGenerator random) {
        this.config = config;
        this.dialer = dialer;
        this.random = random;
    }

    /// A new connection to the server with this key, on the first way that leads there.
    ///
    /// @param plan where else the server can be reached, by its own word
    ControlConnection dial(MachineKey server, DialPlan plan)
            throws IOException, InterruptedException {
        boolean suspicious =
                dialedAt.filter(at -> System.nanoTime() - at < SUSPICIOUS_LIFE.toNanos())
                        .isPresent();
        List<Race.Contender<ControlConnection>> contenders = new ArrayList<>();
        for (ControlUrl.Way way : ways(suspicious)) {
            List<Dialer.Hop> hops = hops(way, plan);
            for (int i = 0; i < hops.size(); i++) {
                boolean last = i == hops.size() - 1;
                contenders.add(
                        contender(
                                hops.get(i),
                                way.tls(),
                                server,
                                last ? TLS_AFTER_PLAIN : NEXT_ADDRESS_AFTER));
            }
        }
        ControlConnection made =
                new Race<>(contenders, ControlConnection::close).run(config.timing().dial());
        dialedAt = Optional.of(System.nanoTime());
        return made;
    }

    /// Where a proxy has to be passed, only what it lets through is worth trying.
    private List<ControlUrl.Way> ways(boolean suspicious) {
        List<ControlUrl.Way> all = config.url().ways(suspicious);
        List<ControlUrl.Way> proxied = all.stream().filter(this::isProxied).toList();
        return proxied.isEmpty() ? all : proxied;
    }

    private boolean isProxied(ControlUrl.Way way) {
        return dialer.isProxied(way.tls(), config.url().host(), way.port());
    }

    /// Those of the plan first, the best of them in front, then those of DNS. Candidates that are proxies
    /// are passed over; where a proxy stands in between, there is no other way than it.
    private List<Dialer.Hop> hops(ControlUrl.Way way, DialPlan plan)
            throws IOException, InterruptedException {
        String host = config.url().host();
        List<Dialer.Hop> hops = new ArrayList<>();
        if (!isProxied(way)) {
            for (InetAddress ip : planned(plan)) {
                hops.add(Dialer.Hop.direct(ip, host, way.port()));
            }
        }
        hops.addAll(dialer.hops(way.tls(), host, way.port()));
        return hops;
    }

    private static List<InetAddress> planned(DialPlan plan) throws IOException {
        List<InetAddress> addresses = new ArrayList<>();
        List<DialCandidate> candidates =
                plan.candidates() == null
                        ? List.of()
                        : plan.candidates().stream()
                                .filter(Objects::nonNull)
                                .filter(c ->
                                        c.ip() != null
                                                && (c.aceHost() == null || c.aceHost().isEmpty()))
                                .sorted(
                                        Comparator.comparingLong(DialCandidate::priority)
                                                .reversed())
                                .limit(4)
                                .toList();
        for (DialCandidate candidate : candidates) {
            if (candidate.ip() != null) {
                addresses.add(InetAddress.getByAddress(candidate.ip().toBytes()));
            }
        }
        return addresses;
    }

    private Race.Contender<ControlConnection> contender(
            Dialer.Hop hop, boolean tls, MachineKey server, Duration headStart) {
        Optional<ServerIdentity> identity =
                tls
                        ? Optional.of(new ServerIdentity.Anyone(config.url().host()))
                        : Optional.empty();
        return new Race.Contender<>(
                () -> {
                    try {
                        NoiseHandshake handshake =
                                NoiseHandshake.start(
                                        config.capabilityVersion(),
                                        config.machineKey(),
                                        server,
                                        random,
                                        config.aead());
                        return dialer.connect(
                                hop,
                                identity,
                                (channel, result) ->
                                        UpgradeHandler.handlers(config.url(), handshake, result));
                    } catch (MalformedException e) {
                        return CompletableFuture.failedFuture(
                                Failures.ofMalformed(e, config.url().text()));
                    }
                },
                headStart);
    }
}
