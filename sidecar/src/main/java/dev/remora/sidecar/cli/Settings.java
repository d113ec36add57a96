package dev.remora.sidecar.cli;

import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the values of settings must look like, and what is said of those that do not.
final class Settings {
    static final String DEFAULT_SERVER = "https://controlplane.tailscale.com";
    static final List<String> DEFAULT_ROUTES = List.of("0.0.0.0/0", "::/0");
    static final List<String> NETFILTER_MODES = List.of("off", "nodivert", "on");

    private static final int MAX_LABEL = 63;
    private static final int MAX_NAME = 253;

    private Settings() {}

    /// Routes of `--advertise-routes` and `--advertise-exit-node` together; the part whose flag was not given stays as it is in `prefs`.
    static @Nullable List<String> routes(Flags flags, Tree prefs) throws CommandException {
        List<String> now = prefs.at("AdvertiseRoutes").texts();
        TreeSet<IpPrefix> routes =
                new TreeSet<>(Comparator.comparingInt(IpPrefix::bits).thenComparing(IpPrefix::ip));
        String text = flags.givenText("advertise-routes");
        if (text != null) {
            routes.addAll(parseRoutes(text));
        } else {
            List<String> kept = new ArrayList<>(now);
            kept.removeAll(DEFAULT_ROUTES);
            routes.addAll(parseRoutes(String.join(",", kept)));
        }
        boolean exitNode =
                flags.isGiven("advertise-exit-node")
                        ? flags.bool("advertise-exit-node")
                        : now.containsAll(DEFAULT_ROUTES);
        if (exitNode) {
            routes.addAll(parseRoutes(String.join(",", DEFAULT_ROUTES)));
        }
        return routes.isEmpty() ? null : routes.stream().map(IpPrefix::toString).toList();
    }

    private static List<IpPrefix> parseRoutes(String text) throws CommandException {
        List<IpPrefix> routes = new ArrayList<>();
        if (text.isEmpty()) {
            return routes;
        }
        for (String route : text.split(",", -1)) {
            routes.add(parseRoute(route.strip()));
        }
        checkBothDefaults(routes.stream().map(IpPrefix::toString).toList());
        return routes;
    }

    private static IpPrefix parseRoute(String text) throws CommandException {
        try {
            IpPrefix route = IpPrefix.parse(text);
            if (!route.isMasked()) {
                throw new CommandException(
                        text + " has non-address bits set; expected " + route.masked());
            }
            return route;
        } catch (MalformedException e) {
            throw new CommandException(
                    GoText.quote(text) + " is not a valid IP address or CIDR prefix");
        }
    }

    private static void checkBothDefaults(List<String> routes) throws CommandException {
        boolean v4 = routes.contains("0.0.0.0/0");
        if (v4 != routes.contains("::/0")) {
            throw new CommandException(
                    v4
                            ? "0.0.0.0/0 advertised without its IPv6 counterpart, please also advertise ::/0"
                            : "::/0 advertised without its IPv4 counterpart, please also advertise 0.0.0.0/0");
        }
    }

    static @Nullable List<String> tags(String text) throws CommandException {
        if (text.isEmpty()) {
            return null;
        }
        List<String> tags = new ArrayList<>();
        for (String word : text.split(",", -1)) {
            String tag = word.indexOf(':') >= 0 ? word : "tag:" + word;
            checkTag(tag);
            tags.add(tag);
        }
        return tags;
    }

    private static void checkTag(String tag) throws CommandException {
        String wrong = "";
        String name = tag.startsWith("tag:") ? tag.substring(4) : "";
        if (!tag.startsWith("tag:")) {
            wrong = "tags must start with 'tag:'";
        } else if (name.isEmpty()) {
            wrong = "tag names must not be empty";
        } else if (!Character.isLetter(name.charAt(0)) || name.charAt(0) > 'z') {
            wrong = "tag names must start with a letter, after 'tag:'";
        } else if (!name.matches("[A-Za-z0-9-]+")) {
            wrong = "tag names can only contain numbers, letters, or dashes";
        }
        if (!wrong.isEmpty()) {
            throw new CommandException("tag: " + GoText.quote(tag) + ": " + wrong);
        }
    }

    /// How `--exit-node` would be given for these preferences.
    static String exitNode(Tree prefs, Status status) {
        String auto = prefs.at("AutoExitNode").text();
        String ip = prefs.at("ExitNodeIP").text();
        String id = prefs.at("ExitNodeID").text();
        if (!auto.isEmpty()) {
            return "auto:" + auto;
        }
        if (!ip.isEmpty() || id.isEmpty()) {
            return ip;
        }
        return status.peers().stream()
                .filter(peer -> peer.tree().at("ID").text().equals(id) && !peer.ips().isEmpty())
                .map(peer -> peer.ips().getFirst())
                .findFirst()
                .orElse(id);
    }

    /// The preferences for `--exit-node=text`.
    static Map<String, @Nullable Object> exitNode(String text, Status status)
            throws CommandException {
        Map<String, @Nullable Object> prefs = new LinkedHashMap<>();
        prefs.put("ExitNodeID", "");
        prefs.put("ExitNodeIP", "");
        if (text.startsWith("auto:")) {
            prefs.put("AutoExitNode", text.substring("auto:".length()));
        } else if (!text.isEmpty()) {
            prefs.put("ExitNodeIP", exitNodeIp(text, status));
        }
        return prefs;
    }

    private static String exitNodeIp(String text, Status status) throws CommandException {
        boolean isIp = Addresses.parse(text).isPresent();
        if (isIp && status.ips().contains(text)) {
            throw new CommandException(
                    "cannot use "
                            + text
                            + " as an exit node as it is a local IP address to this machine; did you mean --advertise-exit-node?");
        }
        if (isIp && !status.isRunning()) {
            return text; // the daemon looks for it when it knows its peers
        }
        Status.Peer peer =
                status.peers().stream()
                        .filter(p -> isIp ? p.ips().contains(text) : p.isCalled(text))
                        .findFirst()
                        .orElseThrow(() -> noSuchExitNode(text, isIp));
        if (!peer.isExitNodeOption()) {
            throw new CommandException(
                    "node "
                            + (isIp ? text : GoText.quote(text))
                            + " is not advertising an exit node");
        }
        return isIp ? text : peer.ips().getFirst();
    }

    private static CommandException noSuchExitNode(String text, boolean isIp) {
        return new CommandException(
                isIp
                        ? "no node found in netmap with IP " + text
                        : "invalid value "
                                + GoText.quote(text)
                                + " for --exit-node; must be IP or peer hostname");
    }

    static long netfilterMode(String text) throws CommandException {
        int mode = NETFILTER_MODES.indexOf(text);
        if (mode < 0) {
            throw new CommandException("invalid value --netfilter-mode=" + GoText.quote(text));
        }
        return mode;
    }

    /// What `--netfilter-mode` leaves to the user; empty if nothing.
    static Optional<String> netfilterWarning(String mode) {
        return switch (mode) {
            case "off" -> Optional.of("Warning: netfilter=off; configure iptables yourself.");
            case "nodivert" ->
                    Optional.of(
                            "Warning: netfilter=nodivert; add iptables calls to ts-* chains manually.");
            default -> Optional.empty();
        };
    }

    static @Nullable Long relayPort(String text) throws CommandException {
        if (text.isEmpty()) {
            return null;
        }
        boolean isNumber = text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!isNumber || text.length() > MAX_NAME || new BigInteger(text).bitLength() > 16) {
            throw new CommandException(
                    "failed to set relay server port: strconv.ParseUint: parsing "
                            + GoText.quote(text)
                            + (isNumber ? ": value out of range" : ": invalid syntax"));
        }
        return Long.valueOf(text);
    }

    static @Nullable List<String> relayEndpoints(String text) throws CommandException {
        if (text.isEmpty()) {
            return null;
        }
        List<String> endpoints = List.of(text.split(",", -1));
        for (String endpoint : endpoints) {
            try {
                IpPort.parse(endpoint);
            } catch (MalformedException e) {
                throw new CommandException(
                        "failed to set relay server static endpoints: "
                                + GoText.quote(endpoint)
                                + " is not a valid IP:port");
            }
        }
        return endpoints;
    }

    /// @param name what the user wants the node to be called; empty is fine
    static void checkHostname(String name) throws CommandException {
        if (name.length() > MAX_NAME) {
            throw new CommandException(
                    "hostname too long: " + name.length() + " bytes (max " + MAX_NAME + ")");
        }
        if (!name.isEmpty()) {
            for (String label : name.replaceFirst("\\.$", "").split("\\.", -1)) {
                checkLabel(label);
            }
        }
    }

    private static void checkLabel(String label) throws CommandException {
        if (label.isEmpty()) {
            throw new CommandException("empty DNS label");
        }
        String quoted = GoText.quote(label);
        if (label.length() > MAX_LABEL) {
            throw new CommandException(
                    quoted + " is too long, max length is " + MAX_LABEL + " bytes");
        }
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            boolean isEdge = i == 0 || i == label.length() - 1;
            boolean isLetterOrDigit = c < 0x80 && Character.isLetterOrDigit(c);
            if (!isLetterOrDigit && (isEdge || c != '-')) {
                throw new CommandException(
                        quoted
                                + " is not a valid DNS label: "
                                + (i == 0
                                        ? "must start with a letter or number"
                                        : isEdge
                                                ? "must end with a letter or number"
                                                : "contains invalid character '" + c + "'"));
            }
        }
    }
}
