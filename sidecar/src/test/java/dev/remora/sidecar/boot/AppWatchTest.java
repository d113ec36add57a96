package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.serve.AppAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AppWatchTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<AppAddress> APP = List.of(new AppAddress("localhost", 5000));
    private static final String[] NOBODY = {};

    private final AppWatch watch = new AppWatch(Set.of(9002));

    private Optional<String> after(long seconds, String... listeners) {
        List<InetSocketAddress> addresses =
                List.of(listeners).stream()
                        .map(text -> text.split(" "))
                        .map(each -> new InetSocketAddress(each[0], Integer.parseInt(each[1])))
                        .toList();
        return watch.look(APP, new Listeners(addresses), START.plusSeconds(seconds));
    }

    private boolean isGoneAfter(long seconds) {
        return watch.isGone(START.plusSeconds(seconds));
    }

    @Test
    void hasPatienceWithAnAppThatStarts() {
        assertThat(after(0, NOBODY)).isEmpty();
        assertThat(after(14, NOBODY)).isEmpty();
        assertThat(after(15, "127.0.0.1 5000")).isEmpty();
        assertThat(after(16, NOBODY)).isEmpty();
    }

    @Test
    void saysOnceThatNobodyListens() {
        after(0, "0.0.0.0 9002");

        assertThat(after(15, "0.0.0.0 9002")).get().asString().contains("has the app started");
        assertThat(after(30, "0.0.0.0 9002")).isEmpty();
    }

    @Test
    void namesThePortThatTheAppMayHaveInstead() {
        after(0, NOBODY);

        assertThat(after(15, "0.0.0.0 8000", "0.0.0.0 9002"))
                .contains(
                        "Nothing takes connections at localhost:5000; what listens here has port 8000.");
    }

    @Test
    void namesTheOnlyAddressThatTheAppListensAt() {
        after(0, NOBODY);

        assertThat(after(15, "172.18.0.2 5000"))
                .contains(
                        "Nothing takes connections at localhost:5000, but at 172.18.0.2 port 5000: let the app listen on 0.0.0.0, or publish that address.");
    }

    @Test
    void knowsAnAppThatCameAndWentFromOneThatRestarts() {
        after(0, "0.0.0.0 5000");
        after(1, NOBODY);
        assertThat(isGoneAfter(10)).isFalse();
        after(10, "0.0.0.0 5000");
        after(11, NOBODY);
        assertThat(isGoneAfter(20)).isFalse();

        assertThat(isGoneAfter(21)).isTrue();
    }

    @Test
    void waitsForAnAppThatNeverCame() {
        after(0, NOBODY);

        assertThat(isGoneAfter(3600)).isFalse();
    }

    @Test
    void leavesAppsElsewhereToThemselves() {
        List<AppAddress> elsewhere = List.of(new AppAddress("10.0.0.7", 80));
        Listeners none = new Listeners(List.of());
        watch.look(elsewhere, none, START);

        assertThat(watch.look(elsewhere, none, START.plusSeconds(60))).isEmpty();
    }
}
