package dev.remora.sidecar.life;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All warnings that hold now, and since when. Each is logged once when it begins and once when it is over.
final class Health {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);

    private record Since(Warning warning, Instant at) {}

    private Map<String, Since> now = new TreeMap<>();

    /// Takes the warnings that hold now; true if that is a change.
    boolean update(Collection<Warning> warnings, Instant at) {
        Map<String, Since> next = new TreeMap<>();
        for (Warning warning : warnings) {
            Since before = now.get(warning.code());
            if (before == null || !before.warning.text().equals(warning.text())) {
                log(warning);
            }
            next.put(warning.code(), new Since(warning, before == null ? at : before.at));
        }
        now.forEach((code, over) -> {
            if (!next.containsKey(code) && isNews(over.warning)) {
                LOG.info("over: {}", over.warning.title());
            }
        });
        boolean changed = !next.equals(now);
        now = next;
        return changed;
    }

    private static void log(Warning warning) {
        if (isNews(warning)) {
            LOG.warn("{}", warning.text());
        } else {
            LOG.debug("{}", warning.text());
        }
    }

    /// What the user has asked for is no news in the log, nor is what stands there already.
    private static boolean isNews(Warning warning) {
        return !warning.logged() && !warning.severity().equals("low");
    }

    /// The sentences, for the status.
    List<String> texts() {
        return now.values().stream().map(since -> since.warning.text()).toList();
    }

    /// As watchers are told.
    Map<String, @Nullable Object> toTree() {
        Map<String, @Nullable Object> warnings = new LinkedHashMap<>();
        now.forEach((code, since) ->
                warnings.put(code, since.warning.toTree(Objects.toString(since.at))));
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("Warnings", warnings.isEmpty() ? null : warnings);
        return tree;
    }
}
