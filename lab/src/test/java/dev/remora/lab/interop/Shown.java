package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.peers.ContainerNode;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;

/// What a container's node shows of itself, in the four places where somebody may look.
final class Shown {
    private final ContainerNode node;
    private final LogSince log;

    private Shown(ContainerNode node, LogSince log) {
        this.node = node;
        this.log = log;
    }

    /// From now on; the node answers probes and scrapers.
    static Shown by(ContainerNode node) {
        return new Shown(node, LogSince.now(node));
    }

    /// The same of a condition that holds since the program was started.
    void awaitFromStart(String code) {
        await(code, true);
    }

    /// Waits for a condition, and sees it in all four places: the status, `/readyz`, the log (once) and the metrics.
    void await(String code) {
        await(code, false);
    }

    private void await(String code, boolean fromStart) {
        Await.until(
                node + " to be " + code,
                Ways.SOON,
                () -> ready("ip").at("reason").text().equals(code));
        assertThat(ready("ip").at("ready").bool()).as(code).isFalse();
        assertThat(node.cli("status").output()).contains("[" + code + "]");
        assertThat(metrics()).contains("remora_condition{code=\"" + code + "\"} 1");
        String all = fromStart ? node.process().log() : log.text();
        assertThat(all.lines().filter(line -> line.contains("[" + code + "]"))).as(all).hasSize(1);
    }

    /// Waits for it to run; all four places know.
    void awaitRunning() {
        node.awaitRunning();
        assertThat(ready("ip").at("ready").bool()).isTrue();
        assertThat(ready("ip").at("reason").text()).isEqualTo("running");
        assertThat(node.cli("status").orThrow().stdout()).doesNotContain("Health check");
        assertThat(metrics()).contains("remora_condition{code=\"running\"} 1");
    }

    Json ready(String require) {
        return Json.parse(probe("readyz?require=" + require));
    }

    String metrics() {
        return probe("metrics");
    }

    LogSince log() {
        return log;
    }

    private String probe(String path) {
        return node.host().run("curl", "-s", "http://127.0.0.1:9002/" + path).stdout();
    }
}
