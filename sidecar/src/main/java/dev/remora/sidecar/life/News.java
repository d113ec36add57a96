package dev.remora.sidecar.life;

import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import dev.remora.node.NodeStatus;
import dev.remora.sidecar.config.Version;
import dev.remora.sidecar.localapi.NodeJson;
import dev.remora.sidecar.localapi.StatusJson;
import dev.remora.sidecar.localapi.StatusView;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What watchers are told of everything there is, in the messages they know. Used on the backend's thread.
final class News {
    private final Bus bus;
    private final Profiles profiles;
    private final Membership membership;
    private final Health health;

    News(Bus bus, Profiles profiles, Membership membership, Health health) {
        this.bus = bus;
        this.profiles = profiles;
        this.membership = membership;
        this.health = health;
    }

    private static Notify message() {
        return new Notify(Version.TEXT);
    }

    private void tellAll(Notify.Member member, Object value) {
        bus.tellAll(message().with(member, value));
    }

    void prefs() {
        tellAll(Notify.Member.PREFS, profiles.current().toPublicTree());
    }

    void state(RunState now) {
        tellAll(Notify.Member.STATE, now.number());
    }

    void health() {
        tellAll(Notify.Member.HEALTH, health.toTree());
    }

    /// Why waiting for a login will not help.
    void error(String sentence) {
        tellAll(Notify.Member.ERROR, sentence);
    }

    /// A person has to visit this page.
    void page(String url) {
        tellAll(Notify.Member.BROWSE_TO_URL, url);
    }

    void loginFinished() {
        tellAll(Notify.Member.LOGIN_FINISHED, Map.of());
    }

    /// What of the tailnet is not as it was.
    void netMap(Optional<NetMap> before, NetMap now) {
        Optional<Node> selfBefore = before.map(NetMap::self);
        if (!selfBefore.equals(Optional.of(now.self()))) {
            tellAll(Notify.Member.SELF_CHANGE, NodeJson.node(now, now.self()));
        }
        if (bus.wants(WatchMask.PEER_CHANGES)) {
            PeerNews.between(before, now, News::message)
                    .ifPresent(news -> bus.tell(WatchMask.PEER_CHANGES, news));
        }
    }

    void engine(NodeStatus status) {
        if (bus.wants(WatchMask.ENGINE_UPDATES)) {
            bus.tell(
                    WatchMask.ENGINE_UPDATES,
                    message().with(Notify.Member.ENGINE, engineTree(status)));
        }
    }

    private static Map<String, @Nullable Object> engineTree(NodeStatus status) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("RBytes", sum(status.traffic().receivedBytes()));
        tree.put("WBytes", sum(status.traffic().sentBytes()));
        tree.put("NumLive", Liveness.sessions(status));
        tree.put("LiveDERPs", Liveness.relays(status));
        tree.put("LivePeers", Map.of());
        return tree;
    }

    private static long sum(Map<?, Long> bytes) {
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    /// Tells one who has just come how things are, as far as `mask` asks for it.
    void initial(WatchMask mask, String session, RunState state, Supplier<StatusView> view) {
        Notify first = message().with(Notify.Member.SESSION_ID, session);
        if (mask.has(WatchMask.INITIAL_STATE)) {
            first.with(Notify.Member.STATE, state.number());
            if (state == RunState.NEEDS_LOGIN && !membership.authUrl().isEmpty()) {
                first.with(Notify.Member.BROWSE_TO_URL, membership.authUrl());
            }
        }
        if (mask.has(WatchMask.INITIAL_PREFS)) {
            first.with(Notify.Member.PREFS, profiles.current().toPublicTree());
        }
        if (mask.has(WatchMask.INITIAL_NET_MAP)) {
            membership
                    .netMap()
                    .ifPresent(map -> {
                        first.with(Notify.Member.SELF_CHANGE, NodeJson.node(map, map.self()));
                        if (!mask.has(WatchMask.NO_NET_MAP)) {
                            first.with(Notify.Member.NET_MAP, PeerNews.netMap(map));
                        }
                    });
        }
        if (mask.has(WatchMask.INITIAL_STATUS)) {
            first.with(Notify.Member.INITIAL_STATUS, StatusJson.of(view.get(), true));
        }
        if (mask.has(WatchMask.INITIAL_HEALTH)) {
            first.with(Notify.Member.HEALTH, health.toTree());
        }
        bus.tell(session, first);
    }
}
