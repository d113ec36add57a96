package dev.remora.server.policy;

import dev.remora.base.MalformedException;
import dev.remora.proto.control.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Reads ports and protocols.
final class PortsReader {
    static final PortRange ALL = new PortRange(0, 65535);

    private static final Map<String, Long> PROTOCOLS =
            Map.ofEntries(
                    Map.entry("icmp", 1L),
                    Map.entry("igmp", 2L),
                    Map.entry("ipv4", 4L),
                    Map.entry("ip-in-ip", 4L),
                    Map.entry("tcp", 6L),
                    Map.entry("egp", 8L),
                    Map.entry("igp", 9L),
                    Map.entry("udp", 17L),
                    Map.entry("gre", 47L),
                    Map.entry("esp", 50L),
                    Map.entry("ah", 51L),
                    Map.entry("ipv6-icmp", 58L),
                    Map.entry("sctp", 132L),
                    Map.entry("fc", 133L));

    private PortsReader() {}

    /// Reads `*`, `80`, `1000-2000`, or several of them with commas between. A range may begin with 0, as many do that mean all
    /// ports.
    static List<PortRange> ports(String text) throws MalformedException {
        List<PortRange> ports = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            ports.add(range(part.strip()));
        }
        return ports;
    }

    private static PortRange range(String text) throws MalformedException {
        if (text.equals("*")) {
            return ALL;
        }
        int dash = text.indexOf('-');
        String start = dash < 0 ? text : text.substring(0, dash);
        long first = dash > 0 && start.equals("0") ? 0 : port(start);
        long last = dash < 0 ? first : port(text.substring(dash + 1));
        if (first > last) {
            throw new MalformedException("the ports " + text + " end before they begin");
        }
        return new PortRange(first, last);
    }

    private static long port(String text) throws MalformedException {
        if (!isNumber(text) || text.length() > 5 || Integer.parseInt(text) > 65535) {
            throw new MalformedException(
                    "\"" + text + "\" is no port from 1 to 65535, nor a range such as 80-90");
        }
        int port = Integer.parseInt(text);
        if (port == 0) {
            throw new MalformedException("there is no port 0; any port is *");
        }
        return port;
    }

    /// Reads the name or the number of an IP protocol.
    static long protocol(String text) throws MalformedException {
        Long known = PROTOCOLS.get(text.toLowerCase(Locale.ROOT));
        if (known != null) {
            return known;
        }
        if (!isNumber(text) || text.length() > 3 || Integer.parseInt(text) > 255) {
            throw new MalformedException(
                    "\""
                            + text
                            + "\" is no IP protocol that has a name here, nor a number from 0 to 255");
        }
        if (text.length() > 1 && text.charAt(0) == '0') {
            throw new MalformedException("the protocol number " + text + " begins with a zero");
        }
        return Integer.parseInt(text);
    }

    /// Whether there is such a thing as a port in these protocols; none named means TCP and UDP, among others.
    static boolean havePorts(List<Long> protocols) {
        return protocols.stream().allMatch(number -> number == 6 || number == 17 || number == 132);
    }

    /// Ports in a protocol without any are a mistake.
    static void check(Place at, List<Long> protocols, List<PortRange> ports, Problems problems) {
        if (!havePorts(protocols) && !ports.stream().allMatch(ALL::equals)) {
            problems.add(at, "this protocol has no ports, only * makes sense");
        }
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
