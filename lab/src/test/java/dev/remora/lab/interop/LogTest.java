package dev.remora.lab.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.apps.Curl;
import dev.remora.lab.apps.HttpServer;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What our daemon logs at its most talkative, from its start until a peer has been served and the node has logged out.
@Tag("host")
@ExtendWith(LabExtension.class)
class LogTest {
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("(?:privkey|nlpriv):([0-9a-f]{64,})");
    private static final Pattern IN_BASE_64 = Pattern.compile("\"([A-Za-z0-9+/]{40,}={0,2})\"");

    private static String authKey;
    private static Set<String> privateKeys;
    private static List<Json> untilServed;
    private static String all;

    @BeforeAll
    static void live(Lab lab) throws IOException {
        Headscale headscale = lab.headscale();
        Tailscaled peer = lab.tailscaled(lab.host("peer"), Tailscaled.Mode.TUN);
        peer.up(headscale);
        RemoraDaemon node = lab.remora(lab.host("node"), "--verbose=2", "--log-format=json");
        authKey = headscale.authKey();
        node.up(headscale, authKey, new String[0]);
        node.cli("serve", "--bg", "--tcp=80", "tcp://localhost:8080").orThrow();
        try (HttpServer http = HttpServer.start(node.host(), 8080)) {
            new Curl(peer.host()).awaitOk("http://" + node.ip4() + "/", Ways.SOON);
        }
        untilServed = node.process().log().lines().map(Json::parse).toList();
        privateKeys = privateKeys(node.state());
        node.cli("ping", "--tsmp", "peer").orThrow();
        node.cli("netcheck").orThrow();
        node.cli("down").orThrow();
        node.cli("logout").orThrow();
        node.stop();
        all = node.process().log();
    }

    /// All that are kept in a daemon's state, as hexadecimal digits.
    private static Set<String> privateKeys(Path state) throws IOException {
        Set<String> keys = new TreeSet<>();
        try (Stream<Path> files = Files.walk(state)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file);
                addKeys(text, keys);
                for (Matcher value = IN_BASE_64.matcher(text); value.find(); ) {
                    addKeys(new String(Base64.getDecoder().decode(value.group(1)), UTF_8), keys);
                }
            }
        }
        return keys;
    }

    private static void addKeys(String text, Set<String> keys) {
        for (Matcher key = PRIVATE_KEY.matcher(text); key.find(); ) {
            if (!key.group(1).matches("0+")) {
                keys.add(key.group(1).substring(0, 64));
            }
        }
    }

    @Test
    void atMostTwentyLinesUntilAPeerIsServed() {
        List<String> told =
                untilServed.stream()
                        .filter(line -> !Set.of("DEBUG", "TRACE").contains(line.at("level").text()))
                        .map(line -> line.at("msg").text())
                        .toList();
        assertThat(told).hasSizeBetween(3, 20);
    }

    @Test
    void eachLineIsAnObjectWithTheSameMembers() {
        assertThat(all.lines().map(Json::parse).toList())
                .hasSizeGreaterThan(untilServed.size())
                .allSatisfy(line ->
                        assertThat(line.names()).startsWith("time", "level", "logger", "msg"))
                .anyMatch(line -> line.at("level").text().equals("TRACE"));
    }

    @Test
    void noSecretIsLoggedAtAnyLevel() {
        assertThat(privateKeys).as("those of machine, node and lock").hasSizeGreaterThan(2);
        assertThat(all).doesNotContain(authKey, "privkey:", "nlpriv:");
        for (String key : privateKeys) {
            assertThat(all).doesNotContainIgnoringCase(key);
        }
    }
}
