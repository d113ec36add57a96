package dev.remora.server.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is served under which path. Immutable: each `with…` makes the next one.
public final class Routes {
    /// Who answers, and how long a body it reads.
    sealed interface Route {
        int bodyLimit();

        record ToPage(Page page, int bodyLimit) implements Route {}

        record ToUpgrade(Upgrade upgrade) implements Route {
            @Override
            public int bodyLimit() {
                return 0;
            }
        }
    }

    private record Below(String prefix, Route route) {}

    private static final Routes NONE = new Routes(Map.of(), List.of());

    private final Map<String, Route> exact;
    private final List<Below> below;

    private Routes(Map<String, Route> exact, List<Below> below) {
        this.exact = Map.copyOf(exact);
        this.below = List.copyOf(below);
    }

    public static Routes none() {
        return NONE;
    }

    /// A page that has no use for a body.
    public Routes withPage(String path, Page page) {
        return withPage(path, 0, page);
    }

    /// @param bodyLimit the longest body that is read, in bytes; who sends more is answered 413
    public Routes withPage(String path, int bodyLimit, Page page) {
        return with(path, new Route.ToPage(page, bodyLimit));
    }

    public Routes withUpgrade(String path, Upgrade upgrade) {
        return with(path, new Route.ToUpgrade(upgrade));
    }

    /// All paths that begin with `prefix`, as far as no other route has them.
    public Routes withPagesBelow(String prefix, int bodyLimit, Page page) {
        List<Below> longer = new ArrayList<>(below);
        longer.add(new Below(prefix, new Route.ToPage(page, bodyLimit)));
        return new Routes(exact, longer);
    }

    /// These and others.
    ///
    /// @throws IllegalArgumentException if both have a path
    public Routes and(Routes others) {
        Routes all = this;
        for (var route : others.exact.entrySet()) {
            all = all.with(route.getKey(), route.getValue());
        }
        List<Below> longer = new ArrayList<>(below);
        longer.addAll(others.below);
        return new Routes(all.exact, longer);
    }

    private Routes with(String path, Route route) {
        Map<String, Route> more = new HashMap<>(exact);
        if (more.put(path, route) != null) {
            throw new IllegalArgumentException("two routes for " + path);
        }
        return new Routes(more, below);
    }

    /// Who answers for a path: exactly it, or the longest prefix.
    Optional<Route> find(String path) {
        Route found = exact.get(path);
        if (found != null) {
            return Optional.of(found);
        }
        return below.stream()
                .filter(b -> path.startsWith(b.prefix()))
                .max((a, b) -> Integer.compare(a.prefix().length(), b.prefix().length()))
                .map(Below::route);
    }
}
