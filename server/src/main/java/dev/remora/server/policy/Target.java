package dev.remora.server.policy;

import dev.remora.base.MalformedException;
import dev.remora.proto.control.PortRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A destination with ports, as ACLs and tests have it: `alias:ports`, split at the last colon. An IPv6 address may stand
/// in brackets.
record Target(Alias alias, List<PortRange> ports) {
    static @Nullable Target read(HuJson.Text text, AliasReader aliases, Problems problems) {
        return read(text, AliasReader.Use.DESTINATION, aliases, problems);
    }

    static @Nullable Target read(
            HuJson.Text text, AliasReader.Use use, AliasReader aliases, Problems problems) {
        String whole = text.text();
        try {
            int colon = whole.lastIndexOf(':');
            if (colon <= 0 || isPrefixOnly(whole.substring(0, colon))) {
                throw new MalformedException("\"" + whole + "\" has no port; all ports are :*");
            }
            String host = unbracketed(whole.substring(0, colon));
            List<PortRange> ports = PortsReader.ports(whole.substring(colon + 1));
            Alias alias = aliases.read(text.at(), host, use);
            return alias == null ? null : new Target(alias, ports);
        } catch (MalformedException e) {
            problems.add(text.at(), e.reason());
            return null;
        }
    }

    /// What is left of `tag:web` when its name is taken for the ports.
    private static boolean isPrefixOnly(String host) {
        return host.equals("tag") || host.equals("group") || host.equals("autogroup");
    }

    private static String unbracketed(String host) throws MalformedException {
        if (!host.startsWith("[")) {
            return host;
        }
        int end = host.indexOf(']');
        String inside = end < 0 ? "" : host.substring(1, end);
        String behind = end < 0 ? "" : host.substring(end + 1);
        if (inside.indexOf(':') < 0 || !behind.isEmpty() && !behind.startsWith("/")) {
            throw new MalformedException(
                    "brackets are for an IPv6 address, not for \"" + host + "\"");
        }
        return inside + behind;
    }
}
