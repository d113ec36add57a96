package dev.remora.server.policy;

import dev.remora.proto.control.CapGrant;
import dev.remora.proto.control.FilterRule;
import dev.remora.proto.control.NetPortRange;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Filters as sets of texts, so that the order of rules and within them does not count: a packet passes if any rule lets it.
final class FilterText {
    private FilterText() {}

    static Set<String> ours(List<FilterRule> rules) {
        Set<String> all = new TreeSet<>();
        for (FilterRule rule : rules) {
            Set<String> to = new TreeSet<>();
            for (NetPortRange target :
                    rule.dstPorts() == null ? List.<NetPortRange>of() : rule.dstPorts()) {
                to.add(target.ip() + " " + target.ports().first() + "-" + target.ports().last());
            }
            for (CapGrant grant : rule.capGrant() == null ? List.<CapGrant>of() : rule.capGrant()) {
                Map<String, String> capabilities = new TreeMap<>();
                grant.capMap().forEach((name, values) -> capabilities.put(name, text(values)));
                grant.dsts().forEach(prefix -> to.add(prefix + " " + capabilities));
            }
            all.add(
                    text(
                            rule.srcIps(),
                            rule.ipProto() == null ? "[]" : rule.ipProto().toString(),
                            to));
        }
        return all;
    }

    private static String text(@Nullable List<?> values) {
        return values == null
                ? "null"
                : values.toString().replace("RawJson[text=", "").replace("}]", "}");
    }

    /// @param narrow applied to destinations of packets
    static Set<String> theirs(HuJson filter, UnaryOperator<String> narrow) {
        Set<String> all = new TreeSet<>();
        for (HuJson rule : Capture.items(filter)) {
            Set<String> to = new TreeSet<>();
            for (HuJson target : Capture.items(Capture.find(rule, "DstPorts"))) {
                HuJson ports = Capture.need(target, "Ports");
                to.add(
                        narrow.apply(Capture.text(Capture.need(target, "IP")))
                                + " "
                                + Capture.need(ports, "First").json()
                                + "-"
                                + Capture.need(ports, "Last").json());
            }
            for (HuJson grant : Capture.items(Capture.find(rule, "CapGrant"))) {
                Map<String, String> capabilities = new TreeMap<>();
                for (HuJson.Member member :
                        ((HuJson.Members) Capture.need(grant, "CapMap")).members()) {
                    capabilities.put(member.name(), values(member.value()));
                }
                Capture.texts(Capture.need(grant, "Dsts"))
                        .forEach(prefix -> to.add(prefix + " " + capabilities));
            }
            HuJson protocols = Capture.find(rule, "IPProto");
            all.add(
                    text(
                            Capture.texts(Capture.need(rule, "SrcIPs")),
                            protocols == null ? "[]" : protocols.json(),
                            to));
        }
        return all;
    }

    private static String values(HuJson value) {
        return value instanceof HuJson.Items(var at, var items)
                ? items.stream().map(HuJson::json).toList().toString()
                : "null";
    }

    private static String text(List<String> from, String protocols, Set<String> to) {
        return new TreeSet<>(from) + " " + protocols + " " + to;
    }
}
