package dev.remora.sidecar.life;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.crypto.LockPrivateKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.io.control.NodeIdentity;
import dev.remora.sidecar.config.Prefs;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One identity of this machine with the preferences that go with it. Immutable.
///
/// @param id four hexadecimal digits; empty for one that was never kept
/// @param prefs what the user wants
/// @param config the identity, in the members that `tailscaled` keeps; empty before the first login. Members we do not know stay in it.
/// @param about how the profile is listed: names, user, control server
record Profile(
        String id,
        Prefs prefs,
        Map<String, @Nullable Object> config,
        Map<String, @Nullable Object> about) {
    private static final String NODE_KEY = "PrivateNodeKey";
    private static final String OLD_NODE_KEY = "OldPrivateNodeKey";
    private static final String LOCK_KEY = "NetworkLockKey";
    private static final String NO_KEY = "privkey:" + Bytes32.ZERO.hex();
    private static final String NO_LOCK_KEY = "nlpriv:" + Bytes32.ZERO.hex().repeat(2);

    static final Profile NEW = new Profile("", Prefs.initial(), Map.of(), Map.of());

    /// Reads what [#toTree] writes.
    static Profile read(String id, Map<String, Object> tree, Map<String, @Nullable Object> about)
            throws MalformedException {
        Map<String, @Nullable Object> config = new LinkedHashMap<>();
        if (tree.get("Config") instanceof Map<?, ?> map) {
            map.forEach((name, value) -> config.put(String.valueOf(name), value));
        }
        Profile profile = new Profile(id, Prefs.read(tree), config, about);
        profile.readIdentity(); // a damaged key must be noticed now
        return profile;
    }

    Map<String, @Nullable Object> toTree() {
        Map<String, @Nullable Object> tree = prefs.toTree();
        tree.put("Config", config.isEmpty() ? null : config);
        return tree;
    }

    /// The same for others' eyes: no private keys.
    Map<String, @Nullable Object> toPublicTree() {
        Map<String, @Nullable Object> tree = prefs.toTree();
        Map<String, @Nullable Object> hidden = new LinkedHashMap<>();
        config.forEach((name, value) -> {
            switch (name) {
                case NODE_KEY, OLD_NODE_KEY -> hidden.put(name, NO_KEY);
                case LOCK_KEY -> hidden.put(name, NO_LOCK_KEY);
                case "UserProfile", "NodeID" -> hidden.put(name, value);
                default -> {} // nobody's business
            }
        });
        tree.put("Config", hidden.isEmpty() ? null : hidden);
        return tree;
    }

    NodeIdentity identity() {
        try {
            return readIdentity();
        } catch (MalformedException e) {
            throw new IllegalStateException("checked when it was read", e);
        }
    }

    /// Whether there is a node key to come back with.
    boolean hasKey() {
        return identity().nodeKey().isPresent();
    }

    private NodeIdentity readIdentity() throws MalformedException {
        return new NodeIdentity(key(NODE_KEY), key(OLD_NODE_KEY));
    }

    private Optional<NodePrivateKey> key(String name) throws MalformedException {
        String text = String.valueOf(config.getOrDefault(name, NO_KEY));
        return text.equals(NO_KEY) || text.equals("null")
                ? Optional.empty()
                : Optional.of(NodePrivateKey.parse(text));
    }

    Optional<LockPrivateKey> lockKey() {
        String text = String.valueOf(config.getOrDefault(LOCK_KEY, NO_LOCK_KEY));
        try {
            return text.equals(NO_LOCK_KEY)
                    ? Optional.empty()
                    : Optional.of(LockPrivateKey.parse(text));
        } catch (MalformedException e) {
            return Optional.empty(); // it signs nothing here; a new one does as well
        }
    }

    /// How it is listed; before the first login there is nothing but empty names.
    Map<String, @Nullable Object> listed() {
        if (!about.isEmpty()) {
            return about;
        }
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("ID", id);
        tree.put("Name", "");
        tree.put("Key", "");
        tree.put("ControlURL", prefs.controlUrl());
        return tree;
    }

    /// The user's login name, empty before the first login.
    String name() {
        return String.valueOf(about.getOrDefault("Name", ""));
    }

    Profile withId(String now) {
        return new Profile(now, prefs, config, about);
    }

    Profile with(Prefs now) {
        return new Profile(id, now, config, named(about, now));
    }

    /// A login goes by the user's name for it, else by that of the user.
    private static Map<String, @Nullable Object> named(
            Map<String, @Nullable Object> about, Prefs prefs) {
        if (!(about.get("UserProfile") instanceof Map<?, ?> user)) {
            return about;
        }
        Map<String, @Nullable Object> named = new LinkedHashMap<>(about);
        named.put(
                "Name",
                prefs.profileName().isEmpty() ? user.get("LoginName") : prefs.profileName());
        return named;
    }

    Profile with(NodeIdentity now, LockPrivateKey lock) {
        if (now.nodeKey().isEmpty()) {
            return new Profile(id, prefs, Map.of(), about);
        }
        Map<String, @Nullable Object> changed = new LinkedHashMap<>();
        changed.put(NODE_KEY, now.nodeKey().get().text());
        changed.put(OLD_NODE_KEY, now.oldNodeKey().map(NodePrivateKey::text).orElse(NO_KEY));
        changed.put("UserProfile", config.get("UserProfile"));
        changed.put(LOCK_KEY, lock.text());
        changed.put("NodeID", config.getOrDefault("NodeID", ""));
        config.forEach(changed::putIfAbsent);
        return new Profile(id, prefs, changed, about);
    }

    /// With what the server says about us.
    Profile withMembership(
            Map<String, @Nullable Object> user,
            String nodeId,
            Map<String, @Nullable Object> newAbout) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(config);
        changed.put("UserProfile", user);
        changed.put("NodeID", nodeId);
        return new Profile(id, prefs, changed, named(newAbout, prefs));
    }

    /// For people; names no key.
    @Override
    public String toString() {
        return name().isEmpty() ? "nobody yet" : name() + " (profile " + id + ")";
    }
}
