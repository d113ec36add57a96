package dev.remora.sidecar.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The flags of `up`, `login` and `set` that stand for preferences: how a flag becomes preferences, and how it would have to be given to say what is set now.
enum PrefFlags {
    ACCEPT_DNS("accept-dns", "true", "use the tailnet's DNS settings", "CorpDNS"),
    ACCEPT_ROUTES("accept-routes", "false", "use the routes of other nodes", "RouteAll"),
    ADVERTISE_CONNECTOR(
            "advertise-connector", "false", "offer to be an app connector", "AppConnector"),
    ADVERTISE_EXIT_NODE(
            "advertise-exit-node", "false", "offer to be an exit node", "AdvertiseRoutes"),
    ADVERTISE_ROUTES(
            "advertise-routes",
            "",
            "routes to offer, as prefixes with commas between them",
            "AdvertiseRoutes"),
    ADVERTISE_TAGS(
            "advertise-tags",
            "",
            "tags to ask for, with commas between them; \"tag:\" may be left out",
            "AdvertiseTags"),
    EXIT_NODE(
            "exit-node",
            "",
            "exit node to use: its address or name, or auto:any",
            "ExitNodeID",
            "ExitNodeIP"),
    EXIT_NODE_ALLOW_LAN_ACCESS(
            "exit-node-allow-lan-access",
            "false",
            "keep the local network reachable while an exit node is used",
            "ExitNodeAllowLANAccess"),
    HOSTNAME("hostname", "", "name on the tailnet instead of the machine's", "Hostname"),
    LOGIN_SERVER(
            "login-server", Settings.DEFAULT_SERVER, "URL of the control server", "ControlURL"),
    NETFILTER_MODE("netfilter-mode", "on", "firewall rules: on, nodivert or off", "NetfilterMode"),
    NICKNAME("nickname", "", "short name for the account", "ProfileName"),
    OPERATOR("operator", "", "user who may change settings without being root", "OperatorUser"),
    REPORT_POSTURE(
            "report-posture",
            "false",
            "tell the control server about this machine's state",
            "PostureChecking"),
    SHIELDS_UP("shields-up", "false", "refuse every connection from the tailnet", "ShieldsUp"),
    SNAT_SUBNET_ROUTES(
            "snat-subnet-routes",
            "true",
            "translate source addresses of what goes to offered routes",
            "NoSNAT"),
    SSH("ssh", "false", "run an SSH server for the tailnet", "RunSSH"),
    STATEFUL_FILTERING(
            "stateful-filtering",
            "false",
            "forward only answers to what came from here",
            "NoStatefulFiltering"),
    AUTO_UPDATE("auto-update", "false", "update by itself", "AutoUpdate.Apply"),
    UPDATE_CHECK("update-check", "true", "tell about new versions", "AutoUpdate.Check"),
    WEB_CLIENT("webclient", "false", "offer the web page on port 5252", "RunWebClient"),
    RELAY_SERVER_PORT(
            "relay-server-port", "", "UDP port of a peer relay; empty for none", "RelayServerPort"),
    RELAY_SERVER_ENDPOINTS(
            "relay-server-static-endpoints",
            "",
            "fixed addresses of the peer relay, with commas between them",
            "RelayServerStaticEndpoints");

    /// Those that are part of what `up` states as a whole; the others are only for `set`.
    static final List<PrefFlags> UP =
            Arrays.stream(values())
                    .filter(flag -> flag.compareTo(AUTO_UPDATE) < 0 && flag != NICKNAME)
                    .toList();

    static final List<PrefFlags> SET =
            Arrays.stream(values())
                    .filter(flag -> flag != ADVERTISE_TAGS && flag != LOGIN_SERVER)
                    .toList();

    final String flag;
    final String initial;
    final String help;

    /// What a mask names.
    final List<String> fields;

    PrefFlags(String flag, String initial, String help, String... fields) {
        this.flag = flag;
        this.initial = initial;
        this.help = help;
        this.fields = List.of(fields);
    }

    private boolean isBoolean() {
        return initial.equals("true") || initial.equals("false");
    }

    void addTo(Flags flags, boolean withDefault) {
        if (!isBoolean()) {
            flags.text(flag, withDefault ? initial : "", help);
        } else if (withDefault) {
            flags.bool(flag, initial.equals("true"), help);
        } else {
            flags.optionalBool(flag, help);
        }
        if (this == REPORT_POSTURE) {
            flags.alias("posture-checking", flag);
        }
    }

    /// How this flag would be given for these preferences.
    String current(Tree prefs, Status status) {
        String field = fields.getLast();
        return switch (this) {
            case ADVERTISE_CONNECTOR ->
                    Boolean.toString(prefs.at("AppConnector").at("Advertise").bool());
            case ADVERTISE_EXIT_NODE ->
                    Boolean.toString(prefs.at(field).texts().containsAll(Settings.DEFAULT_ROUTES));
            case ADVERTISE_ROUTES -> {
                List<String> routes = new ArrayList<>(prefs.at(field).texts());
                routes.removeAll(Settings.DEFAULT_ROUTES);
                yield String.join(",", routes);
            }
            case ADVERTISE_TAGS, RELAY_SERVER_ENDPOINTS ->
                    String.join(",", prefs.at(field).texts());
            case EXIT_NODE -> Settings.exitNode(prefs, status);
            case NETFILTER_MODE ->
                    Settings.NETFILTER_MODES.get(Math.clamp(prefs.at(field).number(), 0, 2));
            case SNAT_SUBNET_ROUTES, STATEFUL_FILTERING ->
                    Boolean.toString(!prefs.at(field).bool());
            case AUTO_UPDATE, UPDATE_CHECK ->
                    Boolean.toString(
                            prefs.at("AutoUpdate")
                                    .at(field.substring("AutoUpdate.".length()))
                                    .bool());
            case RELAY_SERVER_PORT ->
                    prefs.at(field).isNull() ? "" : Long.toString(prefs.at(field).number());
            default ->
                    isBoolean() ? Boolean.toString(prefs.at(field).bool()) : prefs.at(field).text();
        };
    }

    /// The same as a text, or a truth.
    Object value(Tree prefs, Status status) {
        String current = current(prefs, status);
        return isBoolean() ? (Object) Boolean.valueOf(current) : current;
    }

    /// The preferences that this flag's value in `flags` makes.
    ///
    /// @param prefs those in force, for flags that change only a part of one
    Map<String, @Nullable Object> wanted(Flags flags, Tree prefs, Status status)
            throws CommandException {
        String field = fields.getLast();
        String text = flags.text(flag);
        return switch (this) {
            case ADVERTISE_CONNECTOR -> Map.of(field, Map.of("Advertise", flags.bool(flag)));
            case ADVERTISE_ROUTES, ADVERTISE_EXIT_NODE -> one(field, Settings.routes(flags, prefs));
            case ADVERTISE_TAGS -> one(field, Settings.tags(text));
            case EXIT_NODE -> Settings.exitNode(text, status);
            case NETFILTER_MODE -> Map.of(field, Settings.netfilterMode(text));
            case SNAT_SUBNET_ROUTES, STATEFUL_FILTERING -> Map.of(field, !flags.bool(flag));
            case AUTO_UPDATE, UPDATE_CHECK ->
                    Map.of(
                            "AutoUpdate",
                            Map.of(field.substring("AutoUpdate.".length()), flags.bool(flag)));
            case RELAY_SERVER_PORT -> one(field, Settings.relayPort(text));
            case RELAY_SERVER_ENDPOINTS -> one(field, Settings.relayEndpoints(text));
            default -> Map.of(field, isBoolean() ? (Object) flags.bool(flag) : text);
        };
    }

    private static Map<String, @Nullable Object> one(String field, @Nullable Object value) {
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put(field, value);
        return one;
    }

    /// Adds the members that say in a patch that this flag's preferences are meant.
    void mask(Map<String, @Nullable Object> masked) {
        for (String field : fields) {
            if (field.startsWith("AutoUpdate.")) {
                Map<String, @Nullable Object> parts = new Tree(masked.get("AutoUpdateSet")).copy();
                parts.put(field.substring("AutoUpdate.".length()) + "Set", true);
                masked.put("AutoUpdateSet", parts);
            } else {
                masked.put(field + "Set", true);
            }
        }
        if (this == EXIT_NODE && masked.containsKey("AutoExitNode")) {
            masked.put("AutoExitNodeSet", true);
        }
    }
}
