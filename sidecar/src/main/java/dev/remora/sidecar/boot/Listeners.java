package dev.remora.sidecar.boot;

import dev.remora.sidecar.serve.AppAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Who listens in this network, by the kernel's own list: looking there opens no connection, so no app is bothered.
///
///     sl  local_address rem_address   st
///      0: 0100007F:1388 00000000:0000 0A      127.0.0.1:5000 listens
///
/// Addresses stand there in words of 32 bits, each in the machine's own order of bytes, which is the little-endian one wherever this program runs.
///
/// @param addresses what is listened on, the unspecified address for all
record Listeners(List<InetSocketAddress> addresses) {
    private static final List<Path> TABLES =
            List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));
    private static final String LISTENS = "0A";
    private static final int WORD = 4;
    private static final int MOST_NAMED = 8;

    /// Docker answers DNS there in the network of every container, at some port.
    private static final String DOCKERS_RESOLVER = "127.0.0.11";

    /// Those of this machine or container.
    static Listeners here() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path table : TABLES) {
            if (Files.exists(table)) {
                try (Stream<String> all = Files.lines(table, StandardCharsets.US_ASCII)) {
                    all.filter(line -> line.contains(LISTENS)).forEach(lines::add);
                }
            }
        }
        return parse(lines);
    }

    /// Lines that say something else are passed over.
    static Listeners parse(Collection<String> lines) {
        return new Listeners(
                lines.stream()
                        .map(line -> line.strip().split("\\s+"))
                        .filter(fields -> fields.length > 3 && fields[3].equals(LISTENS))
                        .flatMap(fields -> address(fields[1]).stream())
                        .toList());
    }

    private static Optional<InetSocketAddress> address(String text) {
        try {
            int colon = text.indexOf(':');
            byte[] words = HexFormat.of().parseHex(text.substring(0, Math.max(colon, 0)));
            byte[] address = new byte[words.length];
            for (int i = 0; i < words.length; i++) {
                address[i] = words[i - i % WORD + WORD - 1 - i % WORD];
            }
            int port = HexFormat.fromHexDigits(text.substring(colon + 1));
            return Optional.of(new InetSocketAddress(InetAddress.getByAddress(address), port));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | UnknownHostException e) {
            return Optional.empty();
        }
    }

    /// Whether a connection to this address would be taken.
    ///
    /// @param app one on this machine
    boolean take(AppAddress app) throws UnknownHostException {
        List<InetAddress> targets = app.resolve();
        return on(app.port()).stream()
                .anyMatch(each -> each.isAnyLocalAddress() || targets.contains(each));
    }

    /// The lowest ports that somebody listens on, for people; empty for none.
    ///
    /// @param ours those that do not count
    String portsBut(Set<Integer> ours) {
        return addresses.stream()
                .filter(each -> !DOCKERS_RESOLVER.equals(each.getHostString()))
                .map(InetSocketAddress::getPort)
                .filter(port -> !ours.contains(port))
                .distinct()
                .sorted()
                .limit(MOST_NAMED)
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
    }

    /// The addresses on which somebody listens at this port.
    List<InetAddress> on(int port) {
        return addresses.stream()
                .filter(each -> each.getPort() == port)
                .map(InetSocketAddress::getAddress)
                .distinct()
                .toList();
    }
}
