package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.config.JsonTree;
import dev.remora.sidecar.localapi.ApiResponse;
import dev.remora.sidecar.localapi.Caller;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each exchange with the real daemon, repeated with ours in the state it was recorded in: the answer is the same, or
/// `vectors/localapi/deviations.txt` says how it differs, and why.
class EveryRecordedExchangeTest {
    private static final Path RECORDED = resource("/vectors/localapi");

    /// The daemon's first login, and its logout, by the numbers of the exchanges.
    private static final int FIRST_LOGIN = 10;

    private static final int LOGOUT = 195;

    static Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.walk(RECORDED)) {
            return files
                    .map(RECORDED::relativize)
                    .map(Path::toString)
                    .filter(name -> name.endsWith(".http"))
                    .map(name -> name.substring(0, name.length() - ".http".length()))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void isAnsweredTheSameOrOtherwiseForAReason(String name) throws Exception {
        String how = deviations().getOrDefault(name, "same");
        Exchange recorded = Exchange.read(name);
        try (TestDaemon daemon = daemonAt(name)) {
            Caller caller = name.contains("/") ? new Caller(65534) : TestDaemon.ROOT;
            ApiResponse ours =
                    daemon.api.handle(
                            TestDaemon.request(
                                    recorded.method(),
                                    recorded.target(),
                                    recorded.headers(),
                                    recorded.body(),
                                    caller));
            compare(how, recorded, ours);
        }
    }

    private static TestDaemon daemonAt(String name) throws Exception {
        TestDaemon daemon = new TestDaemon();
        int number = Integer.parseInt(name.replaceAll(".*/", "").substring(0, 3));
        if (number >= FIRST_LOGIN) {
            daemon.logIn();
        }
        if (number > LOGOUT) {
            daemon.post("logout", "");
            daemon.settled();
        }
        // what 174 changes holds until 181 changes it, until 201 changes it back
        if (number > 174) {
            String operator = number > 181 && number < 201 ? "root" : "65534";
            daemon.patch("{\"OperatorUser\":\"" + operator + "\",\"OperatorUserSet\":true}");
        }
        return daemon;
    }

    private static void compare(String how, Exchange recorded, ApiResponse response)
            throws MalformedException {
        if (how.equals("stream")) {
            assertThat(response).isInstanceOf(ApiResponse.Stream.class);
            assertThat(recorded.status()).isEqualTo(200);
            return;
        }
        ApiResponse.Full ours = (ApiResponse.Full) response;
        switch (how) {
            case "same" -> {
                assertThat(ours.status()).isEqualTo(recorded.status());
                assertThat(ours.contentType()).isEqualTo(recorded.contentType());
                assertThat(TestDaemon.text(ours).stripTrailing())
                        .isEqualTo(recorded.answer().stripTrailing());
            }
            case "members" -> {
                assertThat(ours.status()).isEqualTo(recorded.status());
                assertThat(ours.contentType()).isEqualTo(recorded.contentType());
                if (!recorded.answer().contains("[cut")) {
                    assertThat(members(TestDaemon.text(ours)))
                            .isEqualTo(members(recorded.answer()));
                }
            }
            case "elsewhere" -> {}
            default -> {
                assertThat(ours.status()).isEqualTo(Integer.parseInt(how));
                assertThat(TestDaemon.text(ours)).isNotEqualTo(recorded.answer());
            }
        }
    }

    /// The names in an object, without those of our own; nothing of what is no object.
    private static Set<String> members(String json) throws MalformedException {
        if (!json.startsWith("{")) {
            return Set.of();
        }
        Set<String> names = new HashSet<>(JsonTree.read(json.getBytes(UTF_8)).keySet());
        names.remove("Remora");
        return names;
    }

    /// Name to how it differs.
    private static Map<String, String> deviations() throws IOException {
        Map<String, String> named = new HashMap<>();
        for (String line : Files.readAllLines(RECORDED.resolve("deviations.txt"))) {
            String[] words = line.split(" +", 3);
            if (!line.startsWith("#")) {
                assertThat(words).as("how, name and reason").hasSize(3);
                named.put(words[1], words[0]);
            }
        }
        return named;
    }

    private static Path resource(String name) {
        try {
            return Path.of(
                    Objects.requireNonNull(EveryRecordedExchangeTest.class.getResource(name))
                            .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(name, e);
        }
    }
}
