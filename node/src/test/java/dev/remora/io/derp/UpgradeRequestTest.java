package dev.remora.io.derp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.testing.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UpgradeRequestTest {
    @Test
    void asksAsTheRealClientDoesButForItsOwnName() {
        List<Vectors> conns =
                Vectors.read("derp/derp.json").list("sessions").stream()
                        .flatMap(session -> session.list("conns").stream())
                        .toList();
        for (Vectors conn : conns) {
            String recorded = conn.text("http_req");
            UpgradeRequest request =
                    new UpgradeRequest(
                            header(recorded, "Host").orElseThrow(),
                            header(recorded, "Ideal-Node"),
                            header(recorded, "Derp-Fast-Start").isPresent());

            assertThat(new String(request.bytes(), StandardCharsets.UTF_8))
                    .isEqualTo(recorded.replace("Go-http-client/1.1", "remora"));
        }
        assertThat(conns).isNotEmpty();
    }

    private static Optional<String> header(String request, String name) {
        return request.lines()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst();
    }
}
