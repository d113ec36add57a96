package dev.remora.server.story;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Compares what two servers said, but for what differs on purpose. Whatever is not named here has to be the same.
public final class Differences {
    /// Moments differ, that there is one does not.
    private static final Pattern TIME = Pattern.compile("\"20\\d\\d-\\d\\d-\\d\\dT[0-9:.]+Z\"");

    /// How we write that a key never ends: a patch may then take an end back.
    private static final String NEVER = "\"0001-01-01T00:00:00Z\"";

    /// We make IPv6 addresses of the IPv4 ones.
    private static final Pattern OUR_IP6 =
            Pattern.compile("fd7a:115c:a1e0:ab12:4843:cd96:6240:([0-9a-f]+)");

    /// What peers get to know of a machine; the rest stays with the server.
    private static final Set<String> HOST_INFO =
            Set.of(
                    "OS",
                    "Hostname",
                    "Services",
                    "RoutableIPs",
                    "sshHostKeys",
                    "ShieldsUp",
                    "ExitNodeID",
                    "Location",
                    "IngressEnabled",
                    "WireIngress",
                    "PeerRelay",
                    "AppConnector");

    /// Moments of the server; SSH is not offered; nothing is uploaded, which is said each time.
    private static final Set<String> UNCOMPARED =
            Set.of("ControlTime", "SSHPolicy", "Debug", "CollectServices");

    /// A node is not told again what it has just reported itself.
    private static final Set<String> REPORTED = Set.of("Endpoints", "HomeDERP", "Hostinfo");

    /// Written although they say nothing: clients in Rust need each member of an answer, and the relays are told in full.
    private static final Set<String> NOTHING_SAID =
            Set.of(
                    "NodeKeySignature",
                    "ProfilePicURL",
                    "Groups",
                    "MachineAuthorized",
                    "Avoid",
                    "NoMeasureNoHome",
                    "STUNOnly",
                    "InsecureForTests",
                    "STUNPort",
                    "DERPPort",
                    "HomeDERP",
                    "CanPort80",
                    "omitDefaultRegions");

    private static final Set<Object> NOTHING = Set.of("false", "0", "\"\"", List.of());

    private final String domain;
    private final Set<String> excused = new TreeSet<>();
    private final Set<String> needed = new TreeSet<>();

    public Differences(String domain) {
        this.domain = domain;
    }

    /// What is different in these situations, for a reason said where this is called.
    ///
    /// @param path a regular expression, of what stands before the colon
    /// @param situations none for all
    public Differences except(String path, String... situations) {
        for (String situation : situations) {
            excused.add(situation + ": " + path);
        }
        if (situations.length == 0) {
            excused.add(".*: " + path);
        }
        return this;
    }

    /// Excuses that nothing made use of.
    public Set<String> needless() {
        Set<String> needless = new TreeSet<>(excused);
        needless.removeAll(needed);
        return needless;
    }

    private List<String> unexcused(String situation, List<String> found) {
        return found.stream().filter(line -> !isExcused(situation, line)).toList();
    }

    private boolean isExcused(String situation, String line) {
        String path = situation + ": " + line.substring(0, line.indexOf(": "));
        List<String> fitting = excused.stream().filter(path::matches).toList();
        needed.addAll(fitting);
        return !fitting.isEmpty();
    }

    String domain() {
        return domain;
    }

    static String text(@Nullable Object json) {
        return String.valueOf(json).replace("\"", "");
    }

    /// Of two answers to a registration.
    public List<String> ofAnswers(String node, Object theirs, Object ours) {
        return unexcused(node + " registers", compare(answer(theirs), answer(ours)));
    }

    private static Map<String, Object> answer(Object json) {
        Map<String, Object> answer = Json.members(plain(json));
        answer.computeIfPresent("AuthURL", (name, url) -> text(url).replaceAll("[^/]{20,}$", "…"));
        if ("true".equals(answer.get("NodeKeyExpired"))) {
            answer.remove("MachineAuthorized"); // ours never says so of a node whose key has ended
        }
        answer.computeIfPresent(
                "Login",
                (name, told) -> {
                    Map<String, Object> login = new TreeMap<>(Json.members(told));
                    login.remove("Provider"); // ours has a name for having none
                    return login;
                });
        return answer;
    }

    /// Of the members of two first messages, whatever is in them.
    public List<String> ofMembers(Map<String, Object> theirs, Map<String, Object> ours) {
        Set<String> wanted = new TreeSet<>(theirs.keySet());
        Set<String> told = new TreeSet<>(ours.keySet());
        if (wanted.remove("PacketFilter")) {
            wanted.add("PacketFilters"); // the older form of the same
        }
        wanted.removeAll(UNCOMPARED);
        told.removeAll(UNCOMPARED);
        return wanted.equals(told) ? List.of() : List.of("has " + wanted + ", ours " + told);
    }

    /// Of all that two clients know.
    public List<String> ofMaps(
            String situation, Map<String, Object> theirs, Map<String, Object> ours) {
        return unexcused(situation, compare(map(theirs), map(ours)));
    }

    private Map<String, Object> map(Map<String, Object> known) {
        Map<String, Object> map = new TreeMap<>(known);
        map.keySet().removeAll(UNCOMPARED);
        map.computeIfPresent("Node", (name, node) -> self(node));
        Map<String, Object> peers = new TreeMap<>();
        Json.members(map.get("Peers")).forEach((id, peer) -> peers.put(id, peer(peer)));
        map.put("Peers", peers);
        map.computeIfPresent("PacketFilters", (name, filters) -> withoutFunnel(filters));
        return Json.members(plain(map));
    }

    /// Funnel is not offered: nobody outside is let in.
    private static Map<String, Object> withoutFunnel(Object filters) {
        Map<String, Object> kept = new TreeMap<>();
        Json.members(filters)
                .forEach((name, rules) ->
                        kept.put(
                                name,
                                ((List<?>) rules)
                                        .stream()
                                                .filter(rule ->
                                                        !rule.toString().contains("/cap/ingress"))
                                                .toList()));
        return kept;
    }

    private static Map<String, Object> self(Object node) {
        Map<String, Object> self = node(node);
        self.keySet().removeAll(REPORTED);
        if (self.get("CapMap") != null) {
            Map<String, Object> abilities = new TreeMap<>(Json.members(self.get("CapMap")));
            abilities.remove("https://tailscale.com/cap/ssh");
            self.put("CapMap", abilities);
        }
        return self;
    }

    private static Map<String, Object> peer(Object node) {
        Map<String, Object> peer = node(node);
        peer.remove("LastSeen"); // ours tells it of all who are away
        peer.computeIfPresent(
                "Hostinfo",
                (name, told) -> {
                    Map<String, Object> host = new TreeMap<>(Json.members(told));
                    host.keySet().retainAll(HOST_INFO);
                    return host;
                });
        return peer;
    }

    private static Map<String, Object> node(Object node) {
        Map<String, Object> members = new LinkedHashMap<>(Json.members(node));
        members.remove("KeyExpiry", NEVER);
        members.remove("Endpoints", List.of());
        return members;
    }

    /// Without moments, and with addresses counted as the other server counts.
    private static Object plain(Object json) {
        return switch (json) {
            case Map<?, ?> map -> {
                Map<String, Object> all = new TreeMap<>();
                Json.members(map).forEach((name, value) -> all.put(name, plain(value)));
                yield all;
            }
            case List<?> list -> list.stream().map(Differences::plain).toList();
            default -> {
                String text = OUR_IP6.matcher((String) json).replaceAll("fd7a:115c:a1e0::$1");
                yield TIME.matcher(text).matches() ? "a moment" : text;
            }
        };
    }

    /// Whether the other server leaves out what ours says although it says nothing.
    private static boolean isUnsaid(String path, @Nullable Object theirs, @Nullable Object ours) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        boolean absent = theirs == null || theirs.equals("null");
        return absent && ours != null && NOTHING_SAID.contains(name) && NOTHING.contains(ours);
    }

    /// In the order of what is compared; that of sources and of routes does not count.
    private static List<?> ordered(String path, List<?> list) {
        return path.endsWith("/SrcIPs") || path.endsWith("/AllowedIPs")
                ? list.stream().sorted().toList()
                : list;
    }

    private static List<String> compare(Object theirs, Object ours) {
        List<String> found = new ArrayList<>();
        compare("", theirs, ours, found);
        return found;
    }

    private static void compare(
            String path, @Nullable Object theirs, @Nullable Object ours, List<String> found) {
        if (theirs instanceof Map<?, ?> one && ours instanceof Map<?, ?> other) {
            Set<String> names = new TreeSet<>(Json.members(one).keySet());
            names.addAll(Json.members(other).keySet());
            names.forEach(
                    name -> compare(path + "/" + name, one.get(name), other.get(name), found));
        } else if (theirs instanceof List<?> one
                && ours instanceof List<?> other
                && one.size() == other.size()) {
            Iterator<?> next = ordered(path, other).iterator();
            ordered(path, one).forEach(item -> compare(path + "/*", item, next.next(), found));
        } else if (!isUnsaid(path, theirs, ours) && !Objects.equals(theirs, ours)) {
            found.add(path + ": " + theirs + ", ours " + ours);
        }
    }
}
