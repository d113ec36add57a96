package dev.remora.engine.netmap;

import dev.remora.proto.control.FilterRule;
import dev.remora.proto.control.MapResponse;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The packet filter's rule sets by name.
final class FilterSets {
    /// The set that the older, nameless member of the message replaces.
    private static final String BASE = "base";

    /// Not a set: with `null` it clears all of them.
    private static final String ALL = "*";

    private FilterSets() {}

    static SortedMap<String, List<FilterRule>> merged(
            SortedMap<String, List<FilterRule>> before, MapResponse message) {
        if (message.packetFilter() == null && message.packetFilters() == null) {
            return before;
        }
        SortedMap<String, List<FilterRule>> sets = new TreeMap<>(before);
        if (message.packetFilter() != null) {
            sets.put(BASE, Lists.present(message.packetFilter()));
        }
        if (message.packetFilters() != null) {
            if (message.packetFilters().containsKey(ALL)
                    && message.packetFilters().get(ALL) == null) {
                sets.clear();
            }
            message.packetFilters()
                    .forEach((name, rules) -> {
                        if (rules == null) {
                            sets.remove(name);
                        } else if (!name.equals(ALL)) {
                            sets.put(name, Lists.present(rules));
                        }
                    });
        }
        return Collections.unmodifiableSortedMap(sets);
    }
}
