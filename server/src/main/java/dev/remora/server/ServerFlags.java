package dev.remora.server;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.proto.stun.Stun;
import dev.remora.server.http.TrustedProxies;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The words behind `server`, each `--name=value`.
///
/// @param state the directory where everything is kept
/// @param listen where clients are awaited
/// @param url under which they reach us
/// @param relay where a relay with a certificate of its own listens; empty: on the server's port, if that speaks TLS
/// @param withRelay whether there is a relay at all
/// @param baseDomain what all nodes' names end in
/// @param policy a file that is read now and whenever it changes
/// @param derpMap other relays, from a file or a URL
/// @param extraRecords DNS records from a file, read now and whenever it changes
/// @param nodeExpiry after which people's devices have to log in again; empty: never
/// @param deviceApproval new nodes wait for `nodes approve`, unless their key says otherwise
/// @param metrics where Prometheus asks
public record ServerFlags(
        Path state,
        IpPort listen,
        ServerUrl url,
        RelayFlags.Tls tls,
        Optional<IpPort> stun,
        Optional<IpPort> relay,
        boolean withRelay,
        String baseDomain,
        Optional<Path> policy,
        Optional<String> derpMap,
        NameFlags names,
        Optional<Path> extraRecords,
        Optional<Duration> nodeExpiry,
        boolean deviceApproval,
        Optional<IpPort> metrics,
        TrustedProxies proxies) {
    private static final String DEFAULT_DOMAIN = "tail.internal";

    /// What `server` can be told.
    public static final List<Option> OPTIONS =
            List.of(
                    new Option("state", "the directory where everything is kept"),
                    new Option("listen", "IP:PORT where clients are awaited"),
                    new Option(
                            "url",
                            "under which clients reach it, such as https://vpn.example.com; made from --listen if not given"),
                    new Option(
                            "tls",
                            "CHAIN.PEM,KEY.PEM, or self for one of its own (DIR/cert.pem), or off behind a proxy; self if not given"),
                    new Option("stun", "IP:PORT for STUN, or off; port 3478 beside --listen"),
                    new Option(
                            "relay",
                            "off, or IP:PORT for a relay with a certificate of its own; on --listen if not given"),
                    new Option(
                            "base-domain",
                            "what all nodes' names end in (" + DEFAULT_DOMAIN + " if not given)"),
                    new Option("policy", "a HuJSON file; read again whenever it changes"),
                    new Option("derp-map", "a file or URL with other relays, in JSON"),
                    new Option("dns", "name servers for everything, separated by commas"),
                    new Option("split-dns", "SUFFIX=ADDR,… with ; between several"),
                    new Option("search-domains", "further search domains, separated by commas"),
                    new Option("magic-dns", "on or off: names for nodes; on if not given"),
                    new Option(
                            "extra-records",
                            "a JSON file with DNS records; read again whenever it changes"),
                    new Option(
                            "node-expiry",
                            "after how long people's devices have to log in again, such as 180d; never if not given"),
                    new Option(
                            "device-approval",
                            "on or off: nodes whose key is not pre-approved wait for `nodes approve`; off if not given"),
                    new Option(
                            "metrics", "PORT on 127.0.0.1 or IP:PORT for /metrics; off by itself"),
                    new Option(
                            "trusted-proxies",
                            "PREFIX,… of proxies that may say for whom they ask"));

    /// @throws MalformedException with a sentence for whoever wrote the words
    public static ServerFlags parse(List<String> words) throws MalformedException {
        Words given = Words.of(words, OPTIONS);
        if (given.text("state").isEmpty() || given.text("listen").isEmpty()) {
            throw new MalformedException("--state=DIR and --listen=IP:PORT are needed");
        }
        IpPort listen = given.address("listen");
        RelayFlags.Tls tls = RelayFlags.tls(given.text("tls", "self"));
        String beside = new IpPort(listen.ip(), Stun.DEFAULT_PORT).toString();
        return new ServerFlags(
                Path.of(given.text("state")),
                listen,
                url(given.text("url"), listen, tls),
                tls,
                given.addressOrOff("stun", beside),
                given.addressOrOff("relay", RelayFlags.OFF),
                !given.text("relay").equals(RelayFlags.OFF),
                given.text("base-domain", DEFAULT_DOMAIN),
                RelayFlags.file(given.text("policy")),
                Optional.of(given.text("derp-map")).filter(map -> !map.isEmpty()),
                NameFlags.of(given),
                RelayFlags.file(given.text("extra-records")),
                given.span("node-expiry"),
                given.on("device-approval", false),
                given.localOrOff("metrics"),
                RelayFlags.proxies(given.list("trusted-proxies")));
    }

    private static ServerUrl url(String text, IpPort listen, RelayFlags.Tls tls)
            throws MalformedException {
        boolean plain = tls instanceof RelayFlags.Tls.Off;
        if (text.isEmpty()) {
            IpAddress ip = listen.ip();
            if (ip.equals(IpAddress.v4(0)) || ip.equals(IpAddress.v6(0, 0))) {
                throw new MalformedException("--url is needed: --listen has no address of its own");
            }
            return ServerUrl.parse((plain ? "http://" : "https://") + listen);
        }
        ServerUrl url = ServerUrl.parse(text);
        if (!url.secure() && !plain) {
            throw new MalformedException(
                    "--url begins with http:// and so goes with --tls=off only");
        }
        return url;
    }
}
