package dev.remora.sidecar.config;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The preferences there are, in the order of their JSON, each with its type and what a new node starts with.
enum PrefField {
    CONTROL_URL("ControlURL", Type.TEXT, ""),
    ROUTE_ALL("RouteAll", Type.BOOL, false),
    EXIT_NODE_ID("ExitNodeID", Type.TEXT, ""),
    EXIT_NODE_IP("ExitNodeIP", Type.ADDRESS, ""),
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
    AUTO_UPDATE("AutoUpdate", Type.BOOLS, autoUpdate()),
    APP_CONNECTOR("AppConnector", Type.BOOLS, Map.of("Advertise", false)),
    POSTURE_CHECKING("PostureChecking", Type.BOOL, false),
    NETFILTER_KIND("NetfilterKind", Type.TEXT, ""),
    REMOTE_CONFIG("RemoteConfig", Type.BOOL, false),
    DRIVE_SHARES("DriveShares", Type.OBJECTS, null),
    RELAY_SERVER_PORT("RelayServerPort", Type.PORT, null),
    RELAY_SERVER_STATIC_ENDPOINTS("RelayServerStaticEndpoints", Type.ENDPOINTS, null);

    /// What the JSON value may be, as strictly as the official command reads it: one bad value that is kept makes all of its commands fail. Members
    /// that may be left out are so at their zero value; the others are always written, `null` included.
    enum Type {
        TEXT("string", false),
        OPTIONAL_TEXT("string", true),
        BOOL("bool", false),
        NULLABLE_BOOL("opt.Bool", false),
        OPTIONAL_BOOL("opt.Bool", true),
        NUMBER("int", false),
        PORT("uint16", true),
        ADDRESS("netip.Addr", false),
        TEXTS("[]string", false),
        PREFIXES("[]netip.Prefix", false),
        ENDPOINTS("[]netip.AddrPort", true),
        OBJECTS("[]object", false),
        /// An object of truth values.
        BOOLS("object", false);

        /// What Go calls it, for refusals that users may know from there.
        final String goName;

        final boolean omittedWhenEmpty;

        Type(String goName, boolean omittedWhenEmpty) {
            this.goName = goName;
            this.omittedWhenEmpty = omittedWhenEmpty;
        }

        /// Whether the kind of JSON value is right; [#checkForm] looks into it.
        boolean accepts(@Nullable Object value) {
            if (value == null) {
                return true;
            }
            return switch (this) {
                case TEXT, OPTIONAL_TEXT, ADDRESS -> value instanceof String;
                case BOOL, NULLABLE_BOOL, OPTIONAL_BOOL -> value instanceof Boolean;
                case NUMBER -> value instanceof Long;
                case PORT -> value instanceof Long port && port >= 0 && port <= MAX_PORT;
                case TEXTS, PREFIXES, ENDPOINTS -> isListOf(String.class, value);
                case OBJECTS -> isListOf(Map.class, value);
                case BOOLS ->
                        value instanceof Map<?, ?> map
                                && map.values().stream()
                                        .allMatch(one -> one == null || one instanceof Boolean);
            };
        }

        private static boolean isListOf(Class<?> kind, Object value) {
            return value instanceof List<?> list && list.stream().allMatch(kind::isInstance);
        }

        /// Fails unless every text in a value is what it has to be.
        void checkForm(@Nullable Object value) throws MalformedException {
            if (this == ADDRESS && value instanceof String text && !text.isEmpty()) {
                IpAddress.parse(text);
            }
            if (value instanceof List<?> list) {
                for (Object one : list) {
                    if (this == PREFIXES) {
                        IpPrefix.parse(String.valueOf(one));
                    } else if (this == ENDPOINTS) {
                        IpPort.parse(String.valueOf(one));
                    }
                }
            }
        }

        private static final long MAX_PORT = 0xffff;

        /// What a member is that is absent from somebody's JSON.
        @Nullable Object zero() {
            return switch (this) {
                case TEXT, ADDRESS -> "";
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
