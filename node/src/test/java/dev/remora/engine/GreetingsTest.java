package dev.remora.engine;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Deadlines;
import dev.remora.crypto.NodeKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GreetingsTest {
    private final Greetings greetings = new Greetings();
    private final Map<Long, NodeKey> asked = new HashMap<>();
    private final List<Long> rounds = new ArrayList<>();
    private final Set<NodeKey> haveSessions = new HashSet<>();

    private void runOut() {
        while (greetings.nextDeadline() != Deadlines.NEVER) {
            round();
        }
    }

    private void round() {
        rounds.add(greetings.nextDeadline());
        greetings.onTimer(haveSessions::contains, (peer, token) -> asked.put(token, peer));
    }

    private static String online(int number) {
        return Maps.node(number, ",'Online':true");
    }

    private long tokenOf(int number) {
        return asked.entrySet().stream()
                .filter(entry -> entry.getValue().equals(Maps.key(number)))
                .mapToLong(Map.Entry::getKey)
                .findAny()
                .orElseThrow();
    }

    @Test
    void asksSomeTimesWithinSecondsAndThenNoMore() {
        long start = SECONDS.toNanos(7);
        greetings.start(Maps.of(online(2), ""), start);
        runOut();
        assertThat(rounds).hasSizeBetween(5, 20).startsWith(start).isSorted();
        assertThat(rounds.getLast() - start).isLessThan(SECONDS.toNanos(10));
        assertThat(asked)
                .hasSameSizeAs(rounds)
                .allSatisfy((token, peer) -> {
                    assertThat(Greetings.isToken(token)).isTrue();
                    assertThat(peer).isEqualTo(Maps.key(2));
                });
    }

    @Test
    void whoAnsweredIsToBeginWithUntilThereIsASession() {
        greetings.start(Maps.of(online(2) + "," + online(3), ""), 0);
        round();
        long first = tokenOf(2);
        assertThat(greetings.onEnd(first)).contains(Maps.key(2));
        assertThat(greetings.onEnd(first)).as("the same answer again").isEmpty();

        asked.clear();
        round();
        assertThat(asked).hasSize(2);
        haveSessions.add(Maps.key(2));
        asked.clear();
        round();
        assertThat(asked).hasSize(1).containsValue(Maps.key(3));
    }

    @Test
    void onceEverybodyHasASessionNothingIsDue() {
        greetings.start(Maps.of(online(2), ""), 0);
        haveSessions.add(Maps.key(2));
        round();
        assertThat(asked).isEmpty();
        assertThat(greetings.nextDeadline()).isEqualTo(Deadlines.NEVER);
    }

    @Test
    void theRestIsAskedAgainFromTheBeginning() {
        greetings.start(Maps.of(online(2), ""), 0);
        runOut();
        long later = SECONDS.toNanos(60);
        greetings.again(later);
        assertThat(greetings.nextDeadline()).isEqualTo(later);
        round();
        assertThat(greetings.onEnd(tokenOf(2))).contains(Maps.key(2));
    }

    @Test
    void nobodyElsesAnswerCounts() {
        greetings.start(Maps.of(online(2), ""), 0);
        round();
        assertThat(greetings.onEnd(-1_000)).isEmpty();
        assertThat(greetings.onEnd(1)).isEmpty();
        assertThat(Greetings.isToken(1)).isFalse();
    }

    @Test
    void leavesAloneWhoIsAwayOrExpiredOrMute() {
        String away = Maps.node(2, ",'Online':false");
        String expired = Maps.node(3, ",'Online':true,'Expired':true");
        String mute = online(4).replace("'DiscoKey':'" + Maps.disco(4).text() + "',", "");
        greetings.start(Maps.of(away + "," + expired + "," + mute, ""), 0);
        assertThat(greetings.nextDeadline()).isEqualTo(Deadlines.NEVER);
    }

    @Test
    void aLargeTailnetIsNotGreeted() {
        String many =
                IntStream.range(2, 40)
                        .mapToObj(GreetingsTest::online)
                        .collect(Collectors.joining(","));
        greetings.start(Maps.of(many, ""), 0);
        assertThat(greetings.nextDeadline()).isEqualTo(Deadlines.NEVER);
    }

    @Test
    void anotherStartForgetsTheFirst() {
        greetings.start(Maps.of(online(2), ""), 0);
        round();
        long old = tokenOf(2);
        greetings.start(Maps.of(online(3), ""), MILLISECONDS.toNanos(5));
        assertThat(greetings.onEnd(old)).isEmpty();
        greetings.clear();
        assertThat(greetings.nextDeadline()).isEqualTo(Deadlines.NEVER);
    }
}
