package dev.remora.io.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RaceTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private final List<String> discarded = new ArrayList<>();

    @Test
    void takesTheFirstThatSucceeds() throws Exception {
        assertThat(race(contender(CompletableFuture.completedFuture("a"), LONG)).run(LONG))
                .isEqualTo("a");
    }

    @Test
    void startsTheNextAsSoonAsOneFails() throws Exception {
        assertThat(
                        race(
                                        contender(failed(Reason.UNREACHABLE), LONG),
                                        contender(CompletableFuture.completedFuture("b"), LONG))
                                .run(LONG))
                .isEqualTo("b");
    }

    @Test
    void startsTheNextBesideOneThatIsSlowAndDropsTheLoser() throws Exception {
        CompletableFuture<String> slow = new CompletableFuture<>();

        String winner =
                race(
                                contender(slow, Duration.ofMillis(5)),
                                contender(CompletableFuture.completedFuture("b"), LONG))
                        .run(LONG);

        assertThat(winner).isEqualTo("b");
        assertThat(slow).isCancelled();
    }

    @Test
    void reportsTheMostTellingFailure() {
        assertThatThrownBy(() ->
                        race(
                                        contender(failed(Reason.HANDSHAKE_REFUSED), LONG),
                                        contender(failed(Reason.UNREACHABLE), LONG))
                                .run(LONG))
                .isInstanceOfSatisfying(
                        ControlException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.HANDSHAKE_REFUSED));
    }

    @Test
    void endsWhenTimeIsUp() {
        CompletableFuture<String> never = new CompletableFuture<>();

        assertThatThrownBy(() -> race(contender(never, LONG)).run(Duration.ofMillis(20)))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(never).isCancelled();
    }

    @Test
    void hasNoWinnerWithoutContenders() {
        assertThatThrownBy(() ->
                        new Race<String>(List.of(), discarded::add).run(Duration.ofMillis(20)))
                .isInstanceOf(IOException.class);
    }

    private Race<String> race(Race.Contender<String> first) {
        return new Race<>(List.of(first), discarded::add);
    }

    private Race<String> race(Race.Contender<String> first, Race.Contender<String> second) {
        return new Race<>(List.of(first, second), discarded::add);
    }

    private static Race.Contender<String> contender(
            CompletableFuture<String> future, Duration headStart) {
        return new Race.Contender<>(() -> future, headStart);
    }

    private static CompletableFuture<String> failed(Reason reason) {
        return CompletableFuture.failedFuture(new ControlException(reason, "failed"));
    }
}
