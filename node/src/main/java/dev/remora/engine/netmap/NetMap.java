package dev.remora.engine.netmap;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.DisplayMessage;
import dev.remora.proto.control.DnsConfig;
import dev.remora.proto.control.FilterRule;
import dev.remora.proto.control.MapResponse;
import dev.remora.proto.control.RawJson;
import dev.remora.proto.control.TkaInfo;
import dev.remora.proto.control.UserProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// What all map responses of one stream add up to: the tailnet as we know it now. Immutable.
///
/// A stream starts with [#first]; each message after that is folded in by [#apply], in the order and
/// with the meaning of absence that the protocol has for each member. Content that makes no sense is
/// passed over member by member: a map that was good stays good.
///
/// @param dns how names are resolved
/// @param domain the tailnet's name among people
/// @param filters rule sets by name; what holds is all of them together, and without any nobody may open
///     anything towards us
/// @param users profiles of everybody who owns a node here
/// @param health texts of older servers; empty: all is well
/// @param displayMessages texts of newer servers, by id
/// @param collectServices the server wants to know what listens here
/// @param sshPolicy as JSON
/// @param tailnetLock empty: off
/// @param clockSkew how far the server's clock is ahead of ours
public record NetMap(
        Node self,
        Peers peers,
        DerpMap derpMap,
        DnsConfig dns,
        String domain,
        SortedMap<String, List<FilterRule>> filters,
        Map<UserId, UserProfile> users,
        List<String> health,
        SortedMap<String, DisplayMessage> displayMessages,
        boolean collectServices,
        Optional<RawJson> sshPolicy,
        Optional<TkaInfo> tailnetLock,
        String auditLogId,
        Duration clockSkew) {
    /// Clocks that differ by less are taken to agree.
    private static final Duration TOLERATED_SKEW = Duration.ofMinutes(1);

    /// No server's clock is right that shows an earlier time than this.
    private static final Instant EARLIEST_TRUSTED = Instant.parse("2023-01-10T00:00:00Z");

    /// Starts a map.
    ///
    /// @param received the wall clock when the message came
    /// @throws MalformedException if the message does not say who we are
    public static NetMap first(MapResponse message, Instant received) throws MalformedException {
        Node self =
                NodeReader.self(message.node())
                        .orElseThrow(() ->
                                new MalformedException("first map message without our own node"));
        NetMap empty =
                new NetMap(
                        self,
                        Peers.NONE,
                        DerpMap.EMPTY,
                        DnsConfig.NONE,
                        "",
                        Collections.emptySortedMap(),
                        Map.of(),
                        List.of(),
                        Collections.emptySortedMap(),
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        Duration.ZERO);
        return empty.apply(message, received);
    }

    /// The map after one more message of the same stream.
    public NetMap apply(MapResponse message, Instant received) {
        if (message.keepAlive()) {
            return this;
        }
        Duration skew =
                message.controlTime() == null
                        ? clockSkew
                        : Duration.between(received, message.controlTime());
        return new NetMap(
                NodeReader.self(message.node()).orElse(self),
                PeerUpdate.of(message, corrected(received, skew)).applyTo(peers),
                message.derpMap() == null
                        ? derpMap
                        : DerpMapReader.merged(derpMap, message.derpMap()),
                Objects.requireNonNullElse(message.dnsConfig(), dns),
                nonEmptyOr(message.domain(), domain),
                FilterSets.merged(filters, message),
                Users.merged(users, message),
                message.health() == null ? health : Lists.present(message.health()),
                Messages.merged(displayMessages, message),
                Objects.requireNonNullElse(message.collectServices(), collectServices),
                Optional.ofNullable(message.sshPolicy()).or(() -> sshPolicy),
                tailnetLock(message),
                nonEmptyOr(message.domainDataPlaneAuditLogId(), auditLogId),
                skew);
    }

    /// The one message that this map could have begun with: to keep it, and read it again with [#first]. Only the clocks' difference is not in it.
    public MapResponse toMessage() {
        return NetMapWriter.message(this);
    }

    /// The same map at another moment: keys end by the clock, without a message.
    public NetMap at(Instant now) {
        Instant corrected = corrected(now, clockSkew);
        List<Node> judged =
                peers.all().stream()
                        .filter(peer -> peer.expired() != peer.isExpiredAt(corrected))
                        .map(peer -> peer.judgedAt(corrected))
                        .toList();
        return judged.isEmpty() ? this : withPeers(peers.with(judged, List.of()));
    }

    /// True once our own key has ended.
    public boolean isSelfExpired(Instant now) {
        return self.isExpiredAt(corrected(now, clockSkew));
    }

    public Optional<Node> peer(NodeKey key) {
        return peers.get(key);
    }

    /// The node, peer or ourselves, that owns this address.
    public Optional<Node> owner(IpAddress address) {
        boolean own = self.addresses().contains(IpPrefix.single(address));
        return own ? Optional.of(self) : peers.owner(address);
    }

    public Optional<UserProfile> userOf(Node node) {
        return Optional.ofNullable(users.get(node.owner()));
    }

    /// All rules that hold, in the order of their sets' names.
    public List<FilterRule> filterRules() {
        return filters.values().stream().flatMap(List::stream).toList();
    }

    /// What the server wants people to read, newer form and older form alike.
    public SortedMap<String, DisplayMessage> messages() {
        return displayMessages.isEmpty() ? Messages.ofHealth(health) : displayMessages;
    }

    /// What the tailnet's names end in, without dots around it; empty if nodes have bare names.
    public String magicDnsSuffix() {
        String name = withoutFinalDot(self.name());
        int dot = name.indexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1);
    }

    /// What to call a node among people: the first label within the tailnet, else its own name for
    /// itself, else its key.
    public String displayName(Node node) {
        String name = withoutFinalDot(node.name());
        String suffix = "." + magicDnsSuffix();
        if (suffix.length() > 1 && name.endsWith(suffix)) {
            name = name.substring(0, name.length() - suffix.length());
        }
        if (!name.isEmpty()) {
            return name;
        }
        String hostname = Objects.requireNonNullElse(node.hostInfo().hostname(), "");
        return hostname.isEmpty() ? node.key().text() : hostname;
    }

    private NetMap withPeers(Peers now) {
        return new NetMap(
                self,
                now,
                derpMap,
                dns,
                domain,
                filters,
                users,
                health,
                displayMessages,
                collectServices,
                sshPolicy,
                tailnetLock,
                auditLogId,
                clockSkew);
    }

    private Optional<TkaInfo> tailnetLock(MapResponse message) {
        if (message.tkaInfo() == null) {
            return tailnetLock;
        }
        return Optional.of(message.tkaInfo()).filter(info -> !info.disabled());
    }

    /// Our clock, set right by the server's where the two disagree and the server's can be believed.
    private static Instant corrected(Instant ours, Duration skew) {
        Instant theirs = ours.plus(skew);
        boolean believe =
                skew.abs().compareTo(TOLERATED_SKEW) > 0 && !theirs.isBefore(EARLIEST_TRUSTED);
        return believe ? theirs : ours;
    }

    private static String nonEmptyOr(@Nullable String now, String before) {
        return now == null || now.isEmpty() ? before : now;
    }

    private static String withoutFinalDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
