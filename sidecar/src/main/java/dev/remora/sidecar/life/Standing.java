package dev.remora.sidecar.life;

import dev.remora.crypto.NodePrivateKey;
import dev.remora.node.NodeStatus;
import dev.remora.sidecar.localapi.NodeJson;
import dev.remora.sidecar.localapi.StatusView;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How things stand: the state and the warnings that follow from preferences, membership and the node. Used on the backend's thread.
final class Standing {
    private static final Logger LOG = LoggerFactory.getLogger(Standing.class);

    private static final Set<String> QUIET =
            Set.of("auth-key-missing", "node-key-expired", "node-gone", "approval-pending");

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
    private Optional<Situation.Trouble> trouble = Optional.empty();
    private String toldCode = "";
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
        Situation told = trouble.map(now::with).orElse(now);
        return serve.isDraining() ? told.ending() : told;
    }

    /// Something keeps the settings from being stated, or nothing does any more.
    void blame(Optional<Situation.Trouble> now) {
        if (!now.equals(trouble)) {
            trouble = now;
            settle();
        }
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
        List<Warning> found =
                new ArrayList<>(
                        Diagnosis.of(
                                noState,
                                cloned,
                                profiles.trouble(),
                                profiles.current().prefs(),
                                state,
                                membership,
                                status,
                                serve.problems(),
                                ZoneId.systemDefault()));
        trouble.map(each -> Diagnosis.ofTrouble(each, state)).ifPresent(found::add);
        warnings = List.copyOf(found);
        tellCode();
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

    /// Failures are logged where they are found, with their codes; what is none of them, here.
    private void tellCode() {
        Situation now = situation();
        boolean isNews = !now.code().equals(toldCode);
        toldCode = now.code();
        if (isNews && QUIET.contains(now.code()) && isUntold()) {
            String code = "[" + now.code() + "]";
            boolean hasIt = now.sentence().endsWith(code);
            LOG.warn("{}", hasIt ? now.sentence() : now.sentence() + " " + code);
        }
    }

    private boolean isUntold() {
        return membership.failure().isEmpty() && trouble.isEmpty();
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
                profiles.current().identity().nodeKey().map(NodePrivateKey::publicKey),
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
