package dev.remora.engine;

import dev.remora.base.IpPrefix;
import dev.remora.engine.filter.FilterInput;
import dev.remora.proto.control.CapGrant;
import dev.remora.proto.control.FilterRule;
import dev.remora.proto.control.NetPortRange;
import dev.remora.proto.control.PortRange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Packet filter rules as control sends them, in the form that the filter compiles.
final class FilterInputs {
    private FilterInputs() {}

    static List<FilterInput> of(List<FilterRule> rules) {
        return rules.stream().map(FilterInputs::input).toList();
    }

    private static FilterInput input(FilterRule rule) {
        return new FilterInput(
                present(rule.srcIps()),
                rule.srcBits() != null && !rule.srcBits().isEmpty(),
                present(rule.dstPorts()).stream().map(FilterInputs::ports).toList(),
                protocols(rule.ipProto()),
                present(rule.capGrant()).stream().map(FilterInputs::grant).toList());
    }

    private static FilterInput.Ports ports(NetPortRange range) {
        PortRange ports = Objects.requireNonNullElse(range.ports(), new PortRange(0, 0));
        String ip = Objects.requireNonNullElse(range.ip(), "");
        return new FilterInput.Ports(
                ip, range.bits() != null, port(ports.first()), port(ports.last()));
    }

    /// A number that is no port makes a range that holds none.
    private static int port(long number) {
        return number < 0 || number > 0xffff ? -1 : (int) number;
    }

    private static Optional<List<Integer>> protocols(@Nullable List<Long> numbers) {
        if (numbers == null || numbers.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                numbers.stream()
                        .filter(n -> n != null && n >= 0 && n <= 255)
                        .map(Long::intValue)
                        .toList());
    }

    private static FilterInput.Grant grant(CapGrant grant) {
        Map<String, List<Object>> values = new LinkedHashMap<>();
        if (grant.capMap() != null) {
            grant.capMap().forEach((name, list) -> values.put(name, List.copyOf(present(list))));
        }
        List<String> dsts = present(grant.dsts()).stream().map(IpPrefix::toString).toList();
        return new FilterInput.Grant(dsts, present(grant.caps()), values);
    }

    /// JSON lists may be absent, and may hold null where a text could not be read.
    private static <T> List<T> present(@Nullable List<T> list) {
        return list == null ? List.of() : list.stream().filter(Objects::nonNull).toList();
    }
}
