package dev.remora.server;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.proto.stun.Stun;
import dev.remora.server.http.TrustedProxies;
import dev.remora.server.relay.BootstrapDns;
import dev.remora.server.relay.MeshPeer;
import dev.remora.server.relay.RateLimit;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The words behind `relay`, each `--name=value`.
///
/// @param state the directory where the relay's key is kept
/// @param listen where clients are awaited
/// @param http where plain HTTP answers `/generate_204`, usually port 80
/// @param metrics where `/metrics` is; only there
/// @param trust PEM file of who is trusted when we dial others; empty: whom the JDK trusts
public record RelayFlags(
        Path state,
        IpPort listen,
        Optional<IpPort> stun,
        Optional<IpPort> http,
        Optional<IpPort> metrics,
        Tls tls,
        Optional<Path> trust,
        Optional<MeshWords> mesh,
        Optional<Verify> verify,
        RateLimit limit,
        List<String> bootstrapDns,
        TrustedProxies proxies) {
    /// What clients are shown.
    public sealed interface Tls {
        record Files(Path chain, Path key) implements Tls {}

        /// A certificate for the address we listen on, made at each start.
        record SelfMade() implements Tls {}

        record Off() implements Tls {}
    }

    /// The other relays of the region, and the file with the secret they share.
    public record MeshWords(Path key, List<MeshPeer> with) {}

    /// Who says which clients may come in.
    public record Verify(URI url, boolean failOpen) {}

    static final String OFF = "off";
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9.-]{1,253}");

    /// What `relay` can be told.
    public static final List<Option> OPTIONS =
            List.of(
                    new Option("state", "the directory where the relay's key is kept"),
                    new Option("listen", "IP:PORT where clients are awaited"),
                    new Option(
                            "stun",
                            "IP:PORT for STUN, or off; port 3478 beside --listen if not given"),
                    new Option("http", "IP:PORT that answers plain HTTP's /generate_204, or off"),
                    new Option(
                            "tls",
                            "self, or CHAIN.PEM,KEY.PEM, or off behind a proxy; self if not given"),
                    new Option(
                            "metrics", "PORT on 127.0.0.1 or IP:PORT for /metrics; off by itself"),
                    new Option(
                            "trusted-proxies",
                            "PREFIX,… of proxies that may say for whom they ask"),
                    new Option("mesh-key", "FILE with the secret of the region: 64 hex digits"),
                    new Option("mesh-with", "HOST[:PORT],… of the region's other relays"),
                    new Option("verify", "URL of a control server's /verify; without, all come in"),
                    new Option(
                            "verify-fail-open",
                            "true: while that cannot be reached, all come in; false by itself"),
                    new Option(
                            "trust",
                            "PEM file of authorities for --mesh-with and --verify; the JDK's if not given"),
                    new Option("rate", "BYTES[,BURST] that each client may send in a second"),
                    new Option("bootstrap-dns", "NAME,… that /bootstrap-dns tells addresses of"));

    public static RelayFlags parse(List<String> words) throws MalformedException {
        Words given = Words.of(words, OPTIONS);
        if (given.text("state").isEmpty() || given.text("listen").isEmpty()) {
            throw new MalformedException("--state=DIRECTORY and --listen=IP:PORT are needed");
        }
        IpPort listen = given.address("listen");
        String beside = new IpPort(listen.ip(), Stun.DEFAULT_PORT).toString();
        return new RelayFlags(
                Path.of(given.text("state")),
                listen,
                given.addressOrOff("stun", beside),
                given.addressOrOff("http", OFF),
                given.localOrOff("metrics"),
                tls(given.text("tls", "self")),
                file(given.text("trust")),
                mesh(given),
                verify(given),
                limit(given.text("rate", "0")),
                names(given.list("bootstrap-dns")),
                proxies(given.list("trusted-proxies")));
    }

    static Tls tls(String value) throws MalformedException {
        String[] files = value.split(",", -1);
        return switch (value) {
            case OFF -> new Tls.Off();
            case "self" -> new Tls.SelfMade();
            default -> {
                if (files.length != 2) {
                    throw new MalformedException("--tls is CHAIN.PEM,KEY.PEM or self or off");
                }
                yield new Tls.Files(Path.of(files[0]), Path.of(files[1]));
            }
        };
    }

    static Optional<Path> file(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(value));
    }

    private static Optional<MeshWords> mesh(Words given) throws MalformedException {
        List<MeshPeer> with = new ArrayList<>();
        for (String peer : given.list("mesh-with")) {
            with.add(MeshPeer.parse(peer));
        }
        Optional<Path> key = file(given.text("mesh-key"));
        if (key.isEmpty() && !with.isEmpty()) {
            throw new MalformedException("--mesh-with needs --mesh-key=FILE");
        }
        return key.map(file -> new MeshWords(file, List.copyOf(with)));
    }

    private static Optional<Verify> verify(Words given) throws MalformedException {
        String url = given.text("verify");
        boolean failOpen = given.truth("verify-fail-open");
        if (url.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI uri = URI.create(url);
            if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme())) {
                throw new MalformedException("--verify is http://… or https://…");
            }
            return Optional.of(new Verify(uri, failOpen));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("--verify is no URL: " + e.getMessage());
        }
    }

    private static RateLimit limit(String value) throws MalformedException {
        String[] parts = value.split(",", -1);
        try {
            long rate = Long.parseLong(parts[0]);
            long burst = parts.length == 1 ? rate : Long.parseLong(parts[1]);
            if (parts.length <= 2 && rate >= 0 && burst >= 0) {
                return new RateLimit(rate, burst);
            }
        } catch (NumberFormatException e) {
            throw new MalformedException("--rate=" + value + " is no number of bytes");
        }
        throw new MalformedException("--rate is BYTES or BYTES,BURST");
    }

    private static List<String> names(List<String> names) throws MalformedException {
        for (String name : names) {
            if (!HOST_NAME.matcher(name).matches()) {
                throw new MalformedException("--bootstrap-dns: \"" + name + "\" is no host name");
            }
        }
        if (names.size() > BootstrapDns.MOST_NAMES) {
            throw new MalformedException(
                    "--bootstrap-dns has more than " + BootstrapDns.MOST_NAMES + " names");
        }
        return names;
    }

    static TrustedProxies proxies(List<String> words) throws MalformedException {
        List<IpPrefix> prefixes = new ArrayList<>();
        try {
            for (String word : words) {
                prefixes.add(
                        word.contains("/")
                                ? IpPrefix.parse(word)
                                : IpPrefix.single(IpAddress.parse(word)));
            }
            return new TrustedProxies(prefixes);
        } catch (MalformedException e) {
            throw new MalformedException("--trusted-proxies: " + e.reason());
        } catch (IllegalArgumentException e) {
            throw new MalformedException("--trusted-proxies: " + e.getMessage());
        }
    }
}
