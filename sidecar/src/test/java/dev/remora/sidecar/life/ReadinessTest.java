package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.life.Readiness.Check;
import dev.remora.sidecar.serve.AppAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private static final Situation RUNNING =
            new Situation(
                    "Running",
                    Situation.RUNNING,
                    "",
                    true,
                    Optional.empty(),
                    true,
                    true,
                    false,
                    List.of());
    private static final Situation CONTROL_AWAY =
            new Situation(
                    "Running",
                    Situation.RUNNING,
                    "",
                    true,
                    Optional.of(new Situation.Trouble("unreachable", "It cannot be reached.")),
                    true,
                    true,
                    false,
                    List.of());
    private static final Situation KEY_USED =
            new Situation(
                    "NeedsLogin",
                    "auth-key-used",
                    "The key was used.",
                    false,
                    Optional.empty(),
                    false,
                    false,
                    true,
                    List.of());

    private static Readiness of(Situation situation, Check... required) {
        return Readiness.of(EnumSet.of(required[0], required), situation, Map.of());
    }

    private static Object check(Readiness readiness, String name) {
        return ((Map<?, ?>) readiness.toTree().get("checks")).get(name);
    }

    @Test
    void isReadyWhenAllThatIsRequiredHolds() {
        assertThat(of(RUNNING, Check.IP, Check.CONTROL, Check.PATH, Check.BACKEND).isReady())
                .isTrue();
    }

    @Test
    void doesNotMindAControlServerThatIsAwayUnlessAskedTo() {
        assertThat(Readiness.of(Readiness.DEFAULT, CONTROL_AWAY, Map.of()).isReady()).isTrue();
        Readiness strict = of(CONTROL_AWAY, Check.CONTROL);
        assertThat(strict.isReady()).isFalse();
        assertThat(check(strict, "control"))
                .isEqualTo(
                        Map.of(
                                "ok",
                                false,
                                "reason",
                                "unreachable",
                                "message",
                                "It cannot be reached."));
    }

    @Test
    void saysWhyInTheWordsOfTheStatus() {
        Readiness readiness = of(KEY_USED, Check.IP);

        assertThat(readiness.toTree())
                .containsEntry("ready", false)
                .containsEntry("state", "NeedsLogin")
                .containsEntry("reason", "auth-key-used")
                .containsEntry("message", "The key was used.");
        assertThat(check(readiness, "ip"))
                .isEqualTo(
                        Map.of(
                                "ok",
                                false,
                                "reason",
                                "auth-key-used",
                                "message",
                                "The key was used."));
    }

    @Test
    void isNotReadyWhileItEnds() {
        Readiness readiness = of(RUNNING.ending(), Check.IP);

        assertThat(readiness.isReady()).isFalse();
        assertThat(readiness.toTree()).containsEntry("reason", "ending");
    }

    @Test
    void asksEveryAppWhetherItTakesConnections() throws IOException {
        try (ServerSocket up = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket down = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            AppAddress first = new AppAddress("localhost", up.getLocalPort());
            AppAddress second = new AppAddress("127.0.0.1", down.getLocalPort());
            Map<Integer, AppAddress> served = Map.of(80, first, 81, second);

            assertThat(Readiness.of(EnumSet.of(Check.BACKEND), RUNNING, served).isReady()).isTrue();
            down.close();
            Readiness readiness = Readiness.of(EnumSet.of(Check.BACKEND), RUNNING, served);
            assertThat(readiness.isReady()).isFalse();
            assertThat(check(readiness, "backend").toString())
                    .contains(
                            "backend-down",
                            "The app at " + second + " behind port 81 takes no connections.");
        }
    }

    @Test
    void readsWhatIsRequired() throws MalformedException {
        assertThat(Readiness.parse("ip, backend")).containsExactly(Check.IP, Check.BACKEND);
        assertThatThrownBy(() -> Readiness.parse("ip,dns")).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Readiness.parse("")).isInstanceOf(MalformedException.class);
    }
}
