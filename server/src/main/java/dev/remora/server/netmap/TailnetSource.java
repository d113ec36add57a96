package dev.remora.server.netmap;

import dev.remora.base.IpPrefix;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.DerpMapInfo;
import dev.remora.proto.control.DnsConfig;
import dev.remora.proto.control.FilterRule;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.RawJson;
import dev.remora.proto.control.UserProfile;
import dev.remora.server.model.Node;
import dev.remora.server.policy.View;
import dev.remora.server.tailnet.Change;
import dev.remora.server.tailnet.Poll;
import dev.remora.server.tailnet.Tailnet;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The [Tailnet] as maps are made of it.
public final class TailnetSource implements MapSource {
    private static final Comparator<IpPrefix> IN_ORDER =
            Comparator.comparing(IpPrefix::ip).thenComparingInt(IpPrefix::bits);

    private final Tailnet tailnet;

    private TailnetSource(Tailnet tailnet) {
        this.tailnet = tailnet;
    }

    /// A service for this tailnet, which hears of all that changes in it.
    public static MapService serve(Tailnet tailnet, MapSettings settings, InstantSource clock) {
        MapService service = new MapService(new TailnetSource(tailnet), settings, clock);
        tailnet.listen(change -> tell(service, change));
        return service;
    }

    private static void tell(MapService service, Change change) {
        switch (change) {
            case Change.Presence(long node, boolean online) ->
                    service.onPatched(node, EnumSet.of(Part.ONLINE));
            case Change.Patched(long node, Set<Change.Part> parts) ->
                    service.onPatched(node, parts(parts));
            case Change.NodeChanged(long node) -> service.onNodeChanged(node);
            case Change.SelfChanged(long node) -> service.onSelfChanged(node);
            case Change.Removed(long node) -> service.onRemoved(node);
            case Change.ViewsChanged(Set<Long> viewers) -> service.onViewsChanged(viewers);
            case Change.UserChanged(long user) -> service.onUserChanged(user);
            case Change.DnsChanged() -> service.onDnsChanged();
            case Change.DerpMapChanged() -> service.onDerpMapChanged();
        }
    }

    private static EnumSet<Part> parts(Set<Change.Part> changed) {
        EnumSet<Part> parts = EnumSet.noneOf(Part.class);
        for (Change.Part part : changed) {
            parts.add(
                    switch (part) {
                        case NODE_KEY -> Part.NODE_KEY;
                        case DISCO_KEY -> Part.DISCO_KEY;
                        case KEY_EXPIRY -> Part.KEY_EXPIRY;
                        case ENDPOINTS -> Part.ENDPOINTS;
                        case HOME_DERP -> Part.HOME_DERP;
                        case CAP -> Part.CAP;
                    });
        }
        return parts;
    }

    /// A [View], with `[]` for a capability without values, as clients have it.
    private record Seeing(View view) implements Sight {
        @Override
        public List<FilterRule> filter() {
            return view.filter();
        }

        @Override
        public boolean sees(long node) {
            return view.sees(node);
        }

        @Override
        public Set<Long> visible() {
            return view.visible();
        }

        @Override
        public Map<String, List<RawJson>> attributes() {
            Map<String, @Nullable List<RawJson>> all = view.attributes();
            if (all.isEmpty()) {
                return Map.of();
            }
            Map<String, List<RawJson>> present = new TreeMap<>();
            all.forEach((name, values) -> present.put(name, values == null ? List.of() : values));
            return present;
        }
    }

    @Override
    public Optional<Node> node(MachineKey machine, NodeKey key) {
        return tailnet.node(machine, key);
    }

    @Override
    public Optional<Node> node(long id) {
        return tailnet.node(id);
    }

    @Override
    public boolean online(long id) {
        return tailnet.online(id);
    }

    @Override
    public Sight sight(long viewer) {
        return new Seeing(tailnet.view(viewer));
    }

    @Override
    public List<IpPrefix> servedRoutes(long id) {
        return tailnet.servedRoutes(id).stream().sorted(IN_ORDER).toList();
    }

    @Override
    public List<IpPrefix> routesFor(Sight viewer, Node router) {
        if (router.approvedRoutes().isEmpty()) {
            return List.of();
        }
        View view = ((Seeing) viewer).view();
        List<IpPrefix> served = tailnet.servedRoutes(router.id());
        return held(router)
                .filter(route ->
                        view.steers(router, route)
                                ? isFirstSteered(view, router, route)
                                : served.contains(route) && view.mayUse(router, route))
                .sorted(IN_ORDER)
                .toList();
    }

    /// Where the policy names the way, it does not matter who is primary for others.
    private boolean isFirstSteered(View view, Node router, IpPrefix route) {
        return tailnet.nodes().stream()
                .filter(other -> other.id() < router.id())
                .filter(other -> held(other).anyMatch(route::equals))
                .noneMatch(other -> view.steers(other, route));
    }

    private static Stream<IpPrefix> held(Node router) {
        return router.report().announcedRoutes().stream()
                .filter(router.approvedRoutes()::contains)
                .distinct();
    }

    @Override
    public String fqdn(Node node) {
        return tailnet.fqdn(node);
    }

    @Override
    public UserProfile profile(Node node) {
        return tailnet.profile(node);
    }

    @Override
    public Optional<UserProfile> profile(long user) {
        return tailnet.profile(user);
    }

    @Override
    public Set<Long> nodesOfOwner(Node node) {
        return tailnet.nodesOfOwner(node);
    }

    @Override
    public DnsConfig dns() {
        return tailnet.dns();
    }

    @Override
    public DerpMapInfo derpMap(long capabilityVersion) {
        return tailnet.relays().forVersion(capabilityVersion);
    }

    @Override
    public void report(long id, MapRequest request) {
        tailnet.report(id, request);
    }

    @Override
    public Presence pollOpened(long id) {
        Poll poll = tailnet.pollOpened(id);
        return poll::close;
    }
}
