package dev.remora.sidecar.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The preferences there are, in the order of their JSON, each with its type and what a new node starts with.
enum PrefField {
    CONTROL_URL("ControlURL", Type.TEXT, ""),
    ROUTE_ALL("RouteAll", Type.BOOL, false),
    EXIT_NODE_ID("ExitNodeID", Type.TEXT, ""),
    EXIT_NODE_IP("ExitNodeIP", Type.TEXT, ""),
    AUTO_EXIT_NODE("AutoExitNode", Type.OPTIONAL_TEXT, null),
    INTERNAL_EXIT_NODE_PRIOR("InternalExitNodePrior", Type.TEXT, ""),
    EXIT_NODE_ALLOW_LAN_ACCESS("ExitNodeAllowLANAccess", Type.BOOL, false),
    CORP_DNS("CorpDNS", Type.BOOL, true),
    RUN_SSH("RunSSH", Type.BOOL, false),
    RUN_WEB_CLIENT("RunWebClient", Type.BOOL, false),
    WANT_RUNNING("WantRunning", Type.BOOL, false),
    LOGGED_OUT("LoggedOut", Type.BOOL, true),
    SHIELDS_UP("ShieldsUp", Type.BOOL, false),
    ADVERTISE_TAGS("AdvertiseTags", Type.TEXTS, null),
    HOSTNAME("Hostname", Type.TEXT, ""),
    NOTEPAD_URLS("NotepadURLs", Type.BOOL, false),
    ADVERTISE_ROUTES("AdvertiseRoutes", Type.PREFIXES, null),
    ADVERTISE_SERVICES("AdvertiseServices", Type.TEXTS, null),
    SYNC("Sync", Type.NULLABLE_BOOL, null),
    NO_SNAT("NoSNAT", Type.BOOL, false),
    NO_STATEFUL_FILTERING("NoStatefulFiltering", Type.OPTIONAL_BOOL, true),
    NETFILTER_MODE("NetfilterMode", Type.NUMBER, 2L),
    OPERATOR_USER("OperatorUser", Type.OPTIONAL_TEXT, null),
    PROFILE_NAME("ProfileName", Type.OPTIONAL_TEXT, null),
    AUTO_UPDATE("AutoUpdate", Type.OBJECT, autoUpdate()),
    APP_CONNECTOR("AppConnector", Type.OBJECT, Map.of("Advertise", false)),
    POSTURE_CHECKING("PostureChecking", Type.BOOL, false),
    NETFILTER_KIND("NetfilterKind", Type.TEXT, ""),
    REMOTE_CONFIG("RemoteConfig", Type.BOOL, false),
    DRIVE_SHARES("DriveShares", Type.LIST, null),
    RELAY_SERVER_PORT("RelayServerPort", Type.OPTIONAL_NUMBER, null),
    RELAY_SERVER_STATIC_ENDPOINTS("RelayServerStaticEndpoints", Type.OPTIONAL_LIST, null);

    /// What the JSON value may be. "Optional" members are left out at their zero value; the others are always written, `null` included.
    enum Type {
        TEXT("string", false),
        OPTIONAL_TEXT("string", true),
        BOOL("bool", false),
        NULLABLE_BOOL("opt.Bool", false),
        OPTIONAL_BOOL("opt.Bool", true),
        NUMBER("int", false),
        OPTIONAL_NUMBER("uint16", true),
        TEXTS("[]string", false),
        PREFIXES("[]netip.Prefix", false),
        LIST("[]", false),
        OPTIONAL_LIST("[]", true),
        OBJECT("object", false);

        /// What Go calls it, for refusals that users may know from there.
        final String goName;

        final boolean omittedWhenEmpty;

        Type(String goName, boolean omittedWhenEmpty) {
            this.goName = goName;
            this.omittedWhenEmpty = omittedWhenEmpty;
        }

        boolean accepts(@Nullable Object value) {
            return switch (this) {
                case TEXT, OPTIONAL_TEXT -> value == null || value instanceof String;
                case BOOL, NULLABLE_BOOL, OPTIONAL_BOOL ->
                        value == null || value instanceof Boolean;
                case NUMBER, OPTIONAL_NUMBER -> value == null || value instanceof Long;
                case TEXTS, PREFIXES ->
                        value == null
                                || value instanceof List<?> list
                                        && list.stream().allMatch(String.class::isInstance);
                case LIST, OPTIONAL_LIST -> value == null || value instanceof List<?>;
                case OBJECT -> value == null || value instanceof Map<?, ?>;
            };
        }

        /// What a member is that is absent from somebody's JSON.
        @Nullable Object zero() {
            return switch (this) {
                case TEXT -> "";
                case BOOL -> false;
                case NUMBER -> 0L;
                default -> null;
            };
        }
    }

    final String jsonName;
    final Type type;
    final @Nullable Object initial;

    PrefField(String jsonName, Type type, @Nullable Object initial) {
        this.jsonName = jsonName;
        this.type = type;
        this.initial = initial;
    }

    private static Map<String, @Nullable Object> autoUpdate() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("Check", true);
        map.put("Apply", null);
        return map;
    }
}
