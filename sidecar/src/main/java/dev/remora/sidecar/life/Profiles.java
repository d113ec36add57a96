package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.base.MalformedException;
import dev.remora.crypto.LockPrivateKey;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.io.control.NodeIdentity;
import dev.remora.io.state.StateException;
import dev.remora.io.state.StateStore;
import dev.remora.sidecar.config.JsonTree;
import dev.remora.sidecar.config.Prefs;
import dev.remora.sidecar.config.ServeConfig;
import dev.remora.sidecar.localapi.NodeJson;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All that survives a restart, by the names under which `tailscaled` keeps it:
///
///     _machinekey          privkey:…            who this installation is
///     _current-profile     profile-1a2b
///     _profiles            {"1a2b": {…}}        how profiles are listed
///     profile-1a2b         {…, "Config": {…}}   preferences and identity
///     _serve/1a2b          {…}                  what is published
///
/// Used from several threads: the conversation with control must have a new key on disk before it goes on. Every method calls nobody else.
final class Profiles {
    private static final Logger LOG = LoggerFactory.getLogger(Profiles.class);

    private static final String MACHINE_KEY = "_machinekey";
    private static final String CURRENT = "_current-profile";
    private static final String ALL = "_profiles";
    private static final String PREFIX = "profile-";
    private static final String SERVE = "_serve/";

    private final StateStore store;
    private final RandomGenerator random;
    private final MachinePrivateKey machineKey;
    private LockPrivateKey lockKey;
    private final Map<String, Map<String, @Nullable Object>> listed = new LinkedHashMap<>();
    private Profile current = Profile.NEW;

    /// The present profile's keys as they are on disk.
    private NodeIdentity kept = NodeIdentity.NONE;

    private Optional<ServeConfig> serve = Optional.empty();

    /// Reads the state, and makes a machine key where there is none.
    ///
    /// @throws StateException if something in it makes no sense: a wrong guess would make another node of us
    Profiles(StateStore store, RandomGenerator random) throws IOException {
        this.store = store;
        this.random = random;
        machineKey = readMachineKey();
        readList();
        String name = text(CURRENT).orElse("");
        if (name.startsWith(PREFIX)) {
            load(name.substring(PREFIX.length()));
        } else if (!name.isEmpty()) {
            throw store.damaged("its entry " + CURRENT + " names no profile", null);
        }
        lockKey = current.lockKey().orElseGet(() -> LockPrivateKey.generate(random));
    }

    private MachinePrivateKey readMachineKey() throws IOException {
        Optional<String> text = text(MACHINE_KEY);
        if (text.isPresent()) {
            try {
                return MachinePrivateKey.parse(text.get());
            } catch (MalformedException e) {
                throw damaged(MACHINE_KEY, e);
            }
        }
        if (text(CURRENT).isPresent()) {
            throw store.damaged("it has a profile, but no machine key", null);
        }
        LOG.info("no state in {} yet: this is a new node", store.describe());
        MachinePrivateKey made = MachinePrivateKey.generate(random);
        store.write(MACHINE_KEY, made.text().getBytes(UTF_8));
        return made;
    }

    private void readList() throws StateException {
        for (Map.Entry<String, Object> entry : tree(ALL).entrySet()) {
            if (entry.getValue() instanceof Map<?, ?> about) {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                about.forEach((name, value) -> members.put(String.valueOf(name), value));
                listed.put(entry.getKey(), members);
            }
        }
    }

    private void load(String id) throws StateException {
        if (store.read(PREFIX + id).isEmpty()) {
            throw store.damaged("its entry " + PREFIX + id + " is missing", null);
        }
        Map<String, Object> tree = tree(PREFIX + id);
        try {
            current = Profile.read(id, tree, listed.getOrDefault(id, Map.of()));
            kept = current.identity();
        } catch (MalformedException e) {
            throw damaged(PREFIX + id, e);
        }
        serve = readServe(id);
    }

    private Optional<ServeConfig> readServe(String id) throws StateException {
        Optional<byte[]> kept = store.read(SERVE + id);
        try {
            return kept.isEmpty() || isNull(kept.get())
                    ? Optional.empty()
                    : Optional.of(ServeConfig.parse(kept.get()));
        } catch (MalformedException e) {
            throw damaged(SERVE + id, e);
        }
    }

    private static boolean isNull(byte[] json) {
        return new String(json, UTF_8).strip().equals("null");
    }

    private Optional<String> text(String key) {
        return store.read(key).map(bytes -> new String(bytes, UTF_8));
    }

    private Map<String, Object> tree(String key) throws StateException {
        Optional<byte[]> json = store.read(key);
        try {
            return json.isEmpty() ? Map.of() : JsonTree.read(json.get());
        } catch (MalformedException e) {
            throw damaged(key, e);
        }
    }

    private StateException damaged(String key, MalformedException why) {
        return store.damaged("its entry " + key + " cannot be read: " + why.reason(), why);
    }

    synchronized MachinePrivateKey machineKey() {
        return machineKey;
    }

    synchronized LockPrivateKey lockKey() {
        return lockKey;
    }

    synchronized Profile current() {
        return current;
    }

    /// How all kept profiles are listed, in the order in which they were made.
    synchronized List<Map<String, @Nullable Object>> list() {
        return List.copyOf(listed.values());
    }

    synchronized Optional<ServeConfig> serve() {
        return serve;
    }

    synchronized void save(Prefs prefs) throws IOException {
        current = current.with(prefs);
        write();
    }

    /// Keeps keys; on return they are on disk. Those that are there already need no room.
    synchronized void save(NodeIdentity identity) throws IOException {
        current = current.with(identity, lockKey);
        if (!identity.equals(kept)) {
            write();
        }
    }

    /// What is wrong with the place where all this is kept, in a sentence; empty: nothing.
    synchronized Optional<String> trouble() {
        return store.trouble();
    }

    /// Writes what could not be written before.
    synchronized void retry() throws IOException {
        store.retry();
        kept = current.identity();
    }

    /// Keeps what the server says about us, if that is news. Another profile of the same user or node at the same server goes on in the present one, as with `tailscaled`:
    /// a login that is repeated has one name, one key and what was published before.
    ///
    /// @return whether it was
    synchronized boolean saveMembership(NetMap map, Instant now) throws IOException {
        Map<String, @Nullable Object> user = NodeJson.user(map, map.self().user());
        String nodeId = map.self().stableId().value();
        List<String> same = sameAs(user.get("ID"), nodeId);
        String id = same.isEmpty() ? idOf(current) : same.getFirst();
        Map<String, @Nullable Object> about = new LinkedHashMap<>();
        about.put("ID", id);
        about.put("Name", user.get("LoginName"));
        about.put("NetworkProfile", network(map));
        about.put("UserProfile", user);
        about.put("NodeID", nodeId);
        about.put("LocalUserID", "");
        about.put("ControlURL", current.prefs().controlUrl());
        about.put("Key", PREFIX + id);
        about.put("Created", current.about().getOrDefault("Created", now.toString()));
        Profile changed = current.withId(id).withMembership(user, nodeId, about);
        boolean news = !changed.equals(current);
        if (news) {
            Map<String, byte[]> changes = same.isEmpty() ? new LinkedHashMap<>() : join(same);
            current = changed;
            changes.putAll(changes());
            store.write(changes);
            kept = current.identity();
        }
        return news;
    }

    /// The other profiles of this user, or of this node, at the server of the present one.
    private List<String> sameAs(@Nullable Object userId, String nodeId) {
        String server = current.prefs().controlUrl();
        return listed.entrySet().stream()
                .filter(each -> !each.getKey().equals(current.id()))
                .filter(each -> server.equals(each.getValue().get("ControlURL")))
                .filter(each ->
                        nodeId.equals(each.getValue().get("NodeID"))
                                || each.getValue().get("UserProfile") instanceof Map<?, ?> user
                                        && Objects.equals(user.get("ID"), userId))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Makes several profiles one, with the first one's name; what is published is the present profile's, or else the first one's.
    ///
    /// @return the entries that go
    private Map<String, byte[]> join(List<String> same) throws StateException {
        Map<String, byte[]> changes = new LinkedHashMap<>();
        List<String> gone = new ArrayList<>(same.subList(1, same.size()));
        if (!current.id().isEmpty()) {
            gone.add(current.id());
        }
        for (String id : gone) {
            changes.put(PREFIX + id, new byte[0]);
            changes.put(SERVE + id, new byte[0]);
            listed.remove(id);
        }
        if (serve.isPresent()) {
            changes.put(SERVE + same.getFirst(), serve.get().toJson());
        } else {
            serve = readServe(same.getFirst());
        }
        return changes;
    }

    private static Map<String, @Nullable Object> network(NetMap map) {
        Map<String, @Nullable Object> network = new LinkedHashMap<>();
        network.put("MagicDNSName", map.magicDnsSuffix());
        network.put("DomainName", map.domain());
        network.put("DisplayName", "");
        return network;
    }

    /// Where all this is kept, for people.
    String describe() {
        return store.describe();
    }

    synchronized void saveServe(Optional<ServeConfig> config) throws IOException {
        serve = config;
        Map<String, byte[]> changes = changes();
        changes.put(SERVE + current.id(), config.map(ServeConfig::toJson).orElse(new byte[0]));
        store.write(changes);
    }

    private void write() throws IOException {
        store.write(changes());
        kept = current.identity();
    }

    /// All entries of the present profile but for what it publishes, to be written together: one that names another which is missing is damage.
    private Map<String, byte[]> changes() {
        current = current.withId(idOf(current));
        String name = PREFIX + current.id();
        Map<String, byte[]> changes = new LinkedHashMap<>();
        changes.put(name, JsonTree.compact(current.toTree()).getBytes(UTF_8));
        changes.put(CURRENT, name.getBytes(UTF_8));
        if (!current.about().isEmpty() && !current.about().equals(listed.get(current.id()))) {
            listed.put(current.id(), current.about());
            changes.put(ALL, JsonTree.compact(listed).getBytes(UTF_8));
        }
        return changes;
    }

    private String idOf(Profile profile) {
        String id = profile.id();
        while (id.isEmpty() || profile.id().isEmpty() && store.read(PREFIX + id).isPresent()) {
            id = "%04x".formatted(random.nextInt(1 << 16));
        }
        return id;
    }

    /// Begins another profile; the present one stays kept.
    synchronized void startNew() {
        current = Profile.NEW;
        kept = NodeIdentity.NONE;
        serve = Optional.empty();
        lockKey = LockPrivateKey.generate(random);
    }

    /// Goes to a kept profile; false if there is none of that id.
    synchronized boolean switchTo(String id) throws IOException {
        if (!listed.containsKey(id)) {
            return false;
        }
        load(id);
        lockKey = current.lockKey().orElseGet(() -> LockPrivateKey.generate(random));
        store.write(CURRENT, (PREFIX + id).getBytes(UTF_8));
        return true;
    }

    /// Forgets a profile; if it is the present one, a new one begins.
    synchronized boolean remove(String id) throws IOException {
        boolean known = listed.remove(id) != null || id.equals(current.id()) && !id.isEmpty();
        if (!known) {
            return false;
        }
        Map<String, byte[]> changes = new LinkedHashMap<>();
        changes.put(PREFIX + id, new byte[0]);
        changes.put(SERVE + id, new byte[0]);
        changes.put(ALL, listed.isEmpty() ? new byte[0] : JsonTree.compact(listed).getBytes(UTF_8));
        if (id.equals(current.id())) {
            changes.put(CURRENT, new byte[0]);
            startNew();
        }
        store.write(changes);
        return true;
    }
}
