package dev.remora.server.policy;

import dev.remora.base.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/// The sources that some rules have in common, and the addresses they stand for now.
final class Sources {
    private final List<Alias> aliases;
    private final Directory directory;

    /// Of the nodes that are meant by what they are.
    private final TreeSet<IpAddress> named = new TreeSet<>();

    private List<String> text = List.of();

    Sources(List<Alias> aliases, Directory directory) {
        this.aliases = aliases;
        this.directory = directory;
    }

    /// Whether something from a node, or from behind it, is among these sources.
    boolean hold(Standing node) {
        return aliases.stream()
                .anyMatch(alias ->
                        alias instanceof Alias.Network(var network)
                                ? !node.within(network).isEmpty() || node.serves(network)
                                : directory.means(alias, node.owner()));
    }

    /// Whether a node is meant by what it is, so that its addresses belong here.
    boolean name(Standing node) {
        return aliases.stream()
                .anyMatch(alias -> alias.isIdentity() && directory.means(alias, node.owner()));
    }

    boolean haveEverything() {
        return aliases.contains(new Alias.Everything());
    }

    void add(Standing node) {
        named.addAll(node.addresses());
    }

    void remove(Standing node) {
        node.addresses().forEach(named::remove);
    }

    /// As filter rules have it, as of the last [#refresh].
    List<String> text() {
        return text;
    }

    /// Writes the text anew.
    ///
    /// @param behindRouters approved routes
    /// @return whether it is another now
    boolean refresh(Collection<IpRange> behindRouters) {
        List<String> before = text;
        text = written(behindRouters);
        return !text.equals(before);
    }

    private List<String> written(Collection<IpRange> behindRouters) {
        if (aliases.contains(new Alias.Anyone())) {
            return List.of("*");
        }
        List<IpRange> ranges = new ArrayList<>();
        named.forEach(ip -> ranges.add(IpRange.of(ip)));
        for (Alias alias : aliases) {
            if (alias instanceof Alias.Network(var network)) {
                ranges.add(IpRange.of(network));
            }
        }
        if (haveEverything()) {
            ranges.addAll(Networks.TAILNET);
            ranges.addAll(behindRouters);
        }
        return texts(ranges);
    }

    /// Ranges as filter rules have them.
    static List<String> texts(Collection<IpRange> ranges) {
        return IpRange.merged(ranges).stream().map(IpRange::text).toList();
    }
}
