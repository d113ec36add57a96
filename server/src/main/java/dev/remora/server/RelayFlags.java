package dev.remora.server;

import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.proto.stun.Stun;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The words behind `relay`, each `--name=value`.
///
/// @param state the directory where the relay's key is kept
/// @param listen where clients are awaited
/// @param http where plain HTTP answers `/generate_204`, usually port 80
public record RelayFlags(
        Path state,
        InetSocketAddress listen,
        Optional<InetSocketAddress> stun,
        Optional<InetSocketAddress> http,
        Tls tls) {
    /// What clients are shown.
    public sealed interface Tls {
        record Files(Path chain, Path key) implements Tls {}

        /// A certificate for the address we listen on, made at each start.
        record SelfMade() implements Tls {}

        record Off() implements Tls {}
    }

    private static final String OFF = "off";

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
                            "self, or CHAIN.PEM,KEY.PEM, or off behind a proxy; self if not given"));

    public static RelayFlags parse(List<String> words) throws MalformedException {
        @Nullable Path state = null;
        @Nullable IpPort listen = null;
        String stun = "";
        String http = OFF;
        Tls tls = new Tls.SelfMade();
        for (String word : words) {
            String value = word.substring(word.indexOf('=') + 1);
            switch (word.substring(0, word.length() - value.length())) {
                case "--state=" -> state = Path.of(value);
                case "--listen=" -> listen = IpPort.parse(value);
                case "--stun=" -> stun = value;
                case "--http=" -> http = value;
                case "--tls=" -> tls = tls(value);
                default -> throw new MalformedException("what is \"" + word + "\"?");
            }
        }
        if (state == null || listen == null) {
            throw new MalformedException("--state=DIRECTORY and --listen=IP:PORT are needed");
        }
        String beside = new IpPort(listen.ip(), Stun.DEFAULT_PORT).toString();
        return new RelayFlags(
                state,
                socket(listen),
                unlessOff(stun.isEmpty() ? beside : stun),
                unlessOff(http),
                tls);
    }

    private static Tls tls(String value) throws MalformedException {
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

    private static Optional<InetSocketAddress> unlessOff(String address) throws MalformedException {
        return address.equals(OFF) ? Optional.empty() : Optional.of(socket(IpPort.parse(address)));
    }

    private static InetSocketAddress socket(IpPort address) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(address.ip().toBytes()), address.port());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }
}
