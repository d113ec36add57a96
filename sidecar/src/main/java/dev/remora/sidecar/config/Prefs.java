package dev.remora.sidecar.config;

import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the user wants of this node. Immutable; the identity (`Config` in the JSON) is not part of it.
///
/// Every preference that `tailscale` knows is kept and given back, also those that mean nothing to this program.
public final class Prefs {
    private final Map<PrefField, @Nullable Object> values;

    private Prefs(Map<PrefField, @Nullable Object> values) {
        this.values = values;
    }

    /// What a new node starts with: logged out, not running.
    public static Prefs initial() {
        Map<PrefField, @Nullable Object> values = new EnumMap<>(PrefField.class);
        for (PrefField field : PrefField.values()) {
            values.put(field, field.initial);
        }
        return new Prefs(values);
    }

    /// Reads whole preferences: absent members are at their zero value, unknown ones are skipped.
    public static Prefs read(Map<String, ?> json) throws MalformedException {
        Map<PrefField, @Nullable Object> values = new EnumMap<>(PrefField.class);
        for (PrefField field : PrefField.values()) {
            values.put(field, checked(field, json.get(field.jsonName), "Prefs."));
        }
        return new Prefs(values);
    }

    /// Changes the members whose `<Name>Set` is true in `masked`.
    public Prefs patched(Map<String, ?> masked) throws MalformedException {
        Map<PrefField, @Nullable Object> changed = new EnumMap<>(values);
        for (PrefField field : PrefField.values()) {
            Object value = checked(field, masked.get(field.jsonName), "MaskedPrefs.Prefs.");
            if (Boolean.TRUE.equals(masked.get(field.jsonName + "Set"))) {
                changed.put(field, value);
            }
        }
        if (masked.get("AutoUpdateSet") instanceof Map<?, ?> mask) {
            changed.put(
                    PrefField.AUTO_UPDATE,
                    autoUpdate(mask, masked.get(PrefField.AUTO_UPDATE.jsonName)));
        }
        excludeTheOther(changed, masked, PrefField.EXIT_NODE_ID, PrefField.EXIT_NODE_IP);
        excludeTheOther(changed, masked, PrefField.EXIT_NODE_IP, PrefField.EXIT_NODE_ID);
        return new Prefs(changed);
    }

    private static @Nullable Object checked(PrefField field, @Nullable Object value, String place)
            throws MalformedException {
        if (!field.type.accepts(value)) {
            throw new MalformedException(
                    "json: cannot unmarshal "
                            + kind(value)
                            + " into Go struct field "
                            + place
                            + field.jsonName
                            + " of type "
                            + field.type.goName);
        }
        field.type.checkForm(value);
        return value == null ? field.type.zero() : value;
    }

    private static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Number number -> "number";
            case Boolean bool -> "bool";
            case String text -> "string";
            case List<?> list -> "array";
            default -> "object";
        };
    }

    private Map<String, @Nullable Object> autoUpdate(Map<?, ?> mask, @Nullable Object wanted) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>();
        if (values.get(PrefField.AUTO_UPDATE) instanceof Map<?, ?> old) {
            old.forEach((name, value) -> merged.put(String.valueOf(name), value));
        }
        Map<?, ?> source = wanted instanceof Map<?, ?> map ? map : Map.of();
        for (String name : List.of("Check", "Apply")) {
            if (Boolean.TRUE.equals(mask.get(name + "Set"))) {
                merged.put(name, source.get(name));
            }
        }
        return merged;
    }

    /// An exit node is named by id or by address, never by both.
    private static void excludeTheOther(
            Map<PrefField, @Nullable Object> changed,
            Map<String, ?> masked,
            PrefField set,
            PrefField other) {
        boolean otherSet = Boolean.TRUE.equals(masked.get(other.jsonName + "Set"));
        if (Boolean.TRUE.equals(masked.get(set.jsonName + "Set")) && !otherSet) {
            changed.put(other, "");
        }
    }

    /// The members in order, ready to be written as JSON. Callers add `Config`.
    public Map<String, @Nullable Object> toTree() {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        values.forEach((field, value) -> {
            if (!field.type.omittedWhenEmpty || value != null && !value.equals("")) {
                tree.put(field.jsonName, value);
            }
        });
        return tree;
    }

    public String controlUrl() {
        return text(PrefField.CONTROL_URL);
    }

    public String hostname() {
        return text(PrefField.HOSTNAME);
    }

    /// What the user calls this login; empty: nothing of their own.
    public String profileName() {
        return text(PrefField.PROFILE_NAME);
    }

    public String operatorUser() {
        return text(PrefField.OPERATOR_USER);
    }

    public String exitNodeId() {
        return text(PrefField.EXIT_NODE_ID);
    }

    public String exitNodeIp() {
        return text(PrefField.EXIT_NODE_IP);
    }

    public boolean wantRunning() {
        return bool(PrefField.WANT_RUNNING);
    }

    public boolean loggedOut() {
        return bool(PrefField.LOGGED_OUT);
    }

    public boolean runSsh() {
        return bool(PrefField.RUN_SSH);
    }

    public boolean shieldsUp() {
        return bool(PrefField.SHIELDS_UP);
    }

    /// Whether subnet routes of other nodes are used.
    public boolean acceptRoutes() {
        return bool(PrefField.ROUTE_ALL);
    }

    public List<String> advertiseTags() {
        return texts(PrefField.ADVERTISE_TAGS);
    }

    public List<IpPrefix> advertiseRoutes() {
        List<IpPrefix> routes = new ArrayList<>();
        for (String text : texts(PrefField.ADVERTISE_ROUTES)) {
            try {
                routes.add(IpPrefix.parse(text));
            } catch (MalformedException e) {
                throw new IllegalStateException("checked when it was set", e);
            }
        }
        return Collections.unmodifiableList(routes);
    }

    public Prefs withHostname(String name) {
        return with(PrefField.HOSTNAME, name);
    }

    public Prefs withWantRunning(boolean want) {
        return with(PrefField.WANT_RUNNING, want);
    }

    public Prefs withLoggedOut(boolean loggedOut) {
        return with(PrefField.LOGGED_OUT, loggedOut);
    }

    private Prefs with(PrefField field, @Nullable Object value) {
        Map<PrefField, @Nullable Object> changed = new EnumMap<>(values);
        changed.put(field, value);
        return new Prefs(changed);
    }

    private String text(PrefField field) {
        return Objects.requireNonNullElse(values.get(field), "").toString();
    }

    private boolean bool(PrefField field) {
        return Boolean.TRUE.equals(values.get(field));
    }

    private List<String> texts(PrefField field) {
        return values.get(field) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Prefs prefs && values.equals(prefs.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return "Prefs" + JsonTree.compact(toTree());
    }
}
