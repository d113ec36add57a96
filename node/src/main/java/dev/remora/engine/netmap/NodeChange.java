package dev.remora.engine.netmap;

import dev.remora.base.IpPort;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.RawJson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Collects what becomes different about a node: exactly the members that change without a whole node
/// being sent.
final class NodeChange {
    private final Node before;
    private NodeKey key;
    private Optional<Instant> keyExpiry;
    private Optional<String> keySignature;
    private Optional<DiscoKey> discoKey;
    private List<IpPort> endpoints;
    private Optional<DerpRegionId> homeDerp;
    private int capabilityVersion;
    private Optional<Instant> lastSeen;
    private Optional<Boolean> online;
    private Map<NodeCapability, List<RawJson>> capabilities;
    private boolean expired;

    NodeChange(Node before) {
        this.before = before;
        this.key = before.key();
        this.keyExpiry = before.keyExpiry();
        this.keySignature = before.keySignature();
        this.discoKey = before.discoKey();
        this.endpoints = before.endpoints();
        this.homeDerp = before.homeDerp();
        this.capabilityVersion = before.capabilityVersion();
        this.lastSeen = before.lastSeen();
        this.online = before.online();
        this.capabilities = before.capabilities();
        this.expired = before.expired();
    }

    NodeChange key(NodeKey value) {
        key = value;
        return this;
    }

    NodeChange keyExpiry(Optional<Instant> value) {
        keyExpiry = value;
        return this;
    }

    NodeChange keySignature(String value) {
        keySignature = Optional.of(value);
        return this;
    }

    NodeChange discoKey(Optional<DiscoKey> value) {
        discoKey = value;
        return this;
    }

    NodeChange endpoints(List<IpPort> value) {
        endpoints = value;
        return this;
    }

    NodeChange homeDerp(Optional<DerpRegionId> value) {
        homeDerp = value;
        return this;
    }

    NodeChange capabilityVersion(int value) {
        capabilityVersion = value;
        return this;
    }

    NodeChange lastSeen(Optional<Instant> value) {
        lastSeen = value;
        return this;
    }

    NodeChange online(boolean value) {
        online = Optional.of(value);
        return this;
    }

    NodeChange capabilities(Map<NodeCapability, List<RawJson>> value) {
        capabilities = value;
        return this;
    }

    NodeChange expired(boolean value) {
        expired = value;
        return this;
    }

    Node done() {
        return new Node(
                before.id(),
                before.stableId(),
                before.name(),
                before.user(),
                before.sharer(),
                key,
                keyExpiry,
                keySignature,
                before.machine(),
                discoKey,
                before.addresses(),
                before.allowedIps(),
                endpoints,
                homeDerp,
                before.hostInfo(),
                before.created(),
                capabilityVersion,
                before.tags(),
                before.primaryRoutes(),
                lastSeen,
                online,
                before.machineAuthorized(),
                capabilities,
                before.unsigned(),
                before.endedByServer(),
                expired,
                before.masqueradeV4(),
                before.masqueradeV6(),
                before.wireGuardOnly(),
                before.jailed(),
                before.exitNodeResolvers());
    }
}
