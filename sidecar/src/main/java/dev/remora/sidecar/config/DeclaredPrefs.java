package dev.remora.sidecar.config;

import dev.remora.base.MalformedException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a file for the daemon's flag `--config` says, in the form `alpha0`: HuJSON, its fields named in any case, each for a preference or for how the node comes in.
///
/// @param locked whether commands may change nothing
/// @param authKey as given: a key, or `file:PATH`; empty for none
/// @param masked the preferences, in the form that [Prefs#patched] takes
/// @param notes what is asked for and has no effect, in sentences
public record DeclaredPrefs(
        boolean locked, String authKey, Map<String, Object> masked, List<String> notes) {
    private static final String VERSION = "alpha0";

    /// Fields for parts that this program, or the official daemon, does not have.
    private static final Map<String, String> WITHOUT_EFFECT =
            Map.of(
                    "ServeConfigTemp",
                    "ServeConfigTemp has no effect, as in the official daemon: publish with TS_SERVE_CONFIG or by command.",
                    "StaticEndpoints",
                    "StaticEndpoints has no effect: no addresses but those that are found are told to others.");

    /// What becomes of a field's value.
    private enum Form {
        TEXT("a text"),
        SWITCH("true or false"),
        PREFIXES("a list of prefixes, like [\"10.1.0.0/16\"]"),
        TEXTS("a list of texts"),
        OBJECT("an object"),
        NUMBER("a number");

        final String words;

        Form(String words) {
            this.words = words;
        }

        boolean takes(Object value) {
            return switch (this) {
                case TEXT -> value instanceof String;
                case SWITCH -> value instanceof Boolean;
                case PREFIXES, TEXTS ->
                        value instanceof List<?> list
                                && list.stream().allMatch(String.class::isInstance);
                case OBJECT -> value instanceof Map;
                case NUMBER -> value instanceof Long;
            };
        }
    }

    /// The fields there are.
    private enum Field {
        VERSION("Version", Form.TEXT, ""),
        LOCKED("Locked", Form.SWITCH, ""),
        SERVER_URL("ServerURL", Form.TEXT, "ControlURL"),
        AUTH_KEY("AuthKey", Form.TEXT, ""),
        ENABLED("Enabled", Form.SWITCH, ""),
        OPERATOR_USER("OperatorUser", Form.TEXT, "OperatorUser"),
        HOSTNAME("Hostname", Form.TEXT, "Hostname"),
        ACCEPT_DNS("acceptDNS", Form.SWITCH, "CorpDNS"),
        ACCEPT_ROUTES("acceptRoutes", Form.SWITCH, "RouteAll"),
        EXIT_NODE("exitNode", Form.TEXT, ""),
        ALLOW_LAN("allowLANWhileUsingExitNode", Form.SWITCH, "ExitNodeAllowLANAccess"),
        ADVERTISE_ROUTES("AdvertiseRoutes", Form.PREFIXES, "AdvertiseRoutes"),
        ADVERTISE_EXIT_NODE("AdvertiseExitNode", Form.SWITCH, ""),
        DISABLE_SNAT("DisableSNAT", Form.SWITCH, "NoSNAT"),
        ADVERTISE_SERVICES("AdvertiseServices", Form.TEXTS, "AdvertiseServices"),
        APP_CONNECTOR("AppConnector", Form.OBJECT, "AppConnector"),
        NETFILTER_MODE("NetfilterMode", Form.TEXT, ""),
        NO_STATEFUL_FILTERING("NoStatefulFiltering", Form.SWITCH, "NoStatefulFiltering"),
        POSTURE_CHECKING("PostureChecking", Form.SWITCH, "PostureChecking"),
        RUN_SSH_SERVER("RunSSHServer", Form.SWITCH, "RunSSH"),
        RUN_WEB_CLIENT("RunWebClient", Form.SWITCH, "RunWebClient"),
        SHIELDS_UP("ShieldsUp", Form.SWITCH, "ShieldsUp"),
        REMOTE_CONFIG("RemoteConfig", Form.SWITCH, "RemoteConfig"),
        AUTO_UPDATE("AutoUpdate", Form.OBJECT, ""),
        SERVE_CONFIG_TEMP("ServeConfigTemp", Form.OBJECT, ""),
        STATIC_ENDPOINTS("StaticEndpoints", Form.TEXTS, ""),
        RELAY_SERVER_PORT("RelayServerPort", Form.NUMBER, "RelayServerPort"),
        RELAY_SERVER_STATIC_ENDPOINTS(
                "RelayServerStaticEndpoints", Form.TEXTS, "RelayServerStaticEndpoints");

        final String jsonName;
        final Form form;

        /// The preference that has the same value; empty for what is more than that.
        final String preference;

        Field(String jsonName, Form form, String preference) {
            this.jsonName = jsonName;
            this.form = form;
            this.preference = preference;
        }

        static Optional<Field> of(String name) {
            for (Field field : values()) {
                if (field.jsonName.equalsIgnoreCase(name)) {
                    return Optional.of(field);
                }
            }
            return Optional.empty();
        }
    }

    /// Values may be secret.
    @Override
    public String toString() {
        return "DeclaredPrefs[locked=" + locked + "]";
    }

    /// @throws MalformedException with a reason for people, which repeats no value
    public static DeclaredPrefs parse(byte[] text) throws MalformedException {
        Map<Field, Object> fields = fields(JsonTree.readHuJson(text));
        Object version = fields.get(Field.VERSION);
        if (version == null) {
            throw new MalformedException(
                    "there is no field Version; write \"Version\": \"alpha0\"");
        }
        if (!version.equals(VERSION)) {
            throw new MalformedException("Version is not \"alpha0\", the only one that is known");
        }
        return new DeclaredPrefs(
                !Boolean.FALSE.equals(fields.get(Field.LOCKED)),
                fields.getOrDefault(Field.AUTH_KEY, "").toString(),
                masked(fields),
                fields.keySet().stream()
                        .filter(field -> WITHOUT_EFFECT.containsKey(field.jsonName))
                        .map(field -> WITHOUT_EFFECT.get(field.jsonName))
                        .toList());
    }

    private static Map<Field, Object> fields(Map<String, Object> members)
            throws MalformedException {
        Map<Field, Object> fields = new EnumMap<>(Field.class);
        for (Map.Entry<String, @Nullable Object> member : members.entrySet()) {
            Field field =
                    Field.of(member.getKey())
                            .orElseThrow(() ->
                                    new MalformedException(
                                            "unknown field \"" + member.getKey() + "\""));
            Object value = member.getValue();
            if (value == null) {
                continue;
            }
            if (!field.form.takes(value)) {
                throw new MalformedException(field.jsonName + " is not " + field.form.words);
            }
            fields.put(field, value);
        }
        return fields;
    }

    private static Map<String, Object> masked(Map<Field, Object> fields) throws MalformedException {
        Masked masked = new Masked();
        masked.set("WantRunning", !Boolean.FALSE.equals(fields.get(Field.ENABLED)));
        masked.members.put(
                "AdvertiseServicesSet", true); // what the file does not name is taken back
        for (Map.Entry<Field, Object> each : fields.entrySet()) {
            Field field = each.getKey();
            if (!field.preference.isEmpty()) {
                masked.set(field.preference, each.getValue());
            }
        }
        if (!fields.getOrDefault(Field.AUTH_KEY, "").equals("")) {
            masked.set("LoggedOut", false);
        }
        if (Boolean.TRUE.equals(fields.get(Field.ADVERTISE_EXIT_NODE))) {
            masked.set("AdvertiseRoutes", withDefaults(fields.get(Field.ADVERTISE_ROUTES)));
        }
        Object exitNode = fields.get(Field.EXIT_NODE);
        if (exitNode != null) {
            masked.exitNode(exitNode.toString());
        }
        Object mode = fields.get(Field.NETFILTER_MODE);
        if (mode != null) {
            masked.set("NetfilterMode", netfilter(mode.toString()));
        }
        Object update = fields.get(Field.AUTO_UPDATE);
        if (update != null) {
            masked.autoUpdate(update);
        }
        return masked.members;
    }

    private static List<Object> withDefaults(@Nullable Object routes) {
        List<Object> all = new ArrayList<>(routes instanceof List<?> list ? list : List.of());
        all.add("0.0.0.0/0");
        all.add("::/0");
        return all;
    }

    private static long netfilter(String mode) throws MalformedException {
        int found = List.of("off", "nodivert", "on").indexOf(mode);
        if (found < 0) {
            throw new MalformedException("NetfilterMode is not one of off, nodivert, on");
        }
        return found;
    }

    /// Preferences with a mark at each that it is to be changed.
    private static final class Masked {
        final Map<String, Object> members = new LinkedHashMap<>();

        void set(String name, Object value) {
            members.put(name, value);
            members.put(name + "Set", true);
        }

        void exitNode(String named) {
            boolean isAddress = named.matches("[0-9.]+") || named.contains(":");
            set(isAddress ? "ExitNodeIP" : "ExitNodeID", named);
        }

        void autoUpdate(Object value) {
            members.put("AutoUpdate", value);
            members.put("AutoUpdateSet", Map.of("CheckSet", true, "ApplySet", true));
        }
    }
}
