package dev.remora.sidecar.life;

import dev.remora.node.NodeStatus;
import dev.remora.sidecar.localapi.NodeJson;
import dev.remora.sidecar.localapi.StatusView;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How things stand: the state and the warnings that follow from preferences, membership and the node. Used on the backend's thread.
final class Standing {
    private static final Logger LOG = LoggerFactory.getLogger(Standing.class);

    private final Profiles profiles;
    private final Tailnode node;
    private final SystemInfo system;
    private final Optional<String> noState;
    private final ServeState serve;
    private final Membership membership;
    private final Health health;
    private final News news;
    private final Twin twin = new Twin();
    private Optional<String> cloned = Optional.empty();
    private RunState state = RunState.NO_STATE;
    private RunState logged = RunState.NO_STATE;
    private List<Warning> warnings = List.of();

    /// @param noState why the state cannot be used; then nothing can follow from it
    Standing(
            Profiles profiles,
            Tailnode node,
            SystemInfo system,
            Optional<String> noState,
            ServeState serve,
            Membership membership,
            Health health,
            News news) {
        this.profiles = profiles;
        this.node = node;
        this.system = system;
        this.noState = noState;
        this.serve = serve;
        this.membership = membership;
        this.health = health;
        this.news = news;
    }

    RunState state() {
        return state;
    }

    int warnings() {
        return warnings.size();
    }

    /// In a code and a sentence.
    Situation situation() {
        Situation now =
                Situation.of(
                        noState,
                        cloned,
                        state,
                        profiles.current().hasKey(),
                        membership,
                        node.status(),
                        warnings);
        return serve.isDraining() ? now.ending() : now;
    }

    /// Another profile or another login: what was reached before counts no more.
    void startOver() {
        state = RunState.NO_STATE;
    }

    /// Finds the state that follows from how things are now, and tells what is different.
    void settle() {
        NodeStatus status = node.status();
        if (noState.isEmpty()) {
            settleState(status);
        }
        cloned = twin.look(status, membership, Instant.now());
        warnings =
                Diagnosis.of(
                        noState,
                        cloned,
                        profiles.trouble(),
                        profiles.current().prefs(),
                        state,
                        membership,
                        status,
                        serve.problems(),
                        ZoneId.systemDefault());
        if (health.update(warnings, Instant.now())) {
            news.health();
        }
        news.engine(status);
    }

    private void settleState(NodeStatus status) {
        RunState.Facts facts =
                RunState.Facts.of(
                        profiles.current().prefs(),
                        profiles.current().hasKey(),
                        membership,
                        status,
                        Instant.now());
        for (RunState next = state.next(facts); next != state; next = next.next(facts)) {
            if (next != logged) {
                LOG.info("{} -> {}{}", logged, next, addresses(next));
                logged = next;
            }
            state = next;
            news.state(next);
        }
    }

    private String addresses(RunState next) {
        return membership
                .netMap()
                .filter(_ -> next == RunState.RUNNING)
                .map(map ->
                        " as " + map.displayName(map.self()) + " " + NodeJson.addresses(map.self()))
                .orElse("");
    }

    /// All of it, for the status.
    StatusView view() {
        return new StatusView(
                state.toString(),
                membership.authUrl(),
                system.hostname(),
                node.status(),
                membership.netMap(),
                profiles.current().hasKey(),
                membership.isConnected(),
                profiles.current()
                        .prefs()
                        .controlUrl()
                        .replaceFirst("^https?://", "")
                        .replaceFirst("[:/].*", ""),
                health.texts(),
                serve.connections());
    }
}
