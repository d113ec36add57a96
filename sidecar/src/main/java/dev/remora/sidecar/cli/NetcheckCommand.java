package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.config.JsonTree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// `netcheck`: what the network around this machine lets through, and which relays are near.
///
/// The daemon measures: it has the sockets whose NAT mappings matter, and this program stays small. It is asked by `GET remora/netcheck` and answers with the
/// object that `--format=json` prints. Other daemons do not know that request.
final class NetcheckCommand {
    private static final int NOT_FOUND = 404;
    private static final long LATENCY_STEP = 100_000;

    /// Members of a report and what people call them.
    private static final Map<String, String> PORT_MAPPING =
            Map.of("UPnP", "UPnP", "PMP", "NAT-PMP", "PCP", "PCP");

    private NetcheckCommand() {}

    static Command command() {
        return Command.of(
                "netcheck",
                "Show what the network around this machine lets through",
                "netcheck [--format=json]",
                () ->
                        new Flags()
                                .text("format", "", "empty for people, or json, or json-line")
                                .bool("verbose", false, "also the numbers of relay regions")
                                .duration("every", "0s", "measure again and again, so often")
                                .text(
                                        "bind-address",
                                        "",
                                        "not there: the daemon's sockets are used")
                                .number("bind-port", 0, "not there: the daemon's sockets are used"),
                NetcheckCommand::run);
    }

    private static int run(Invocation call) throws CommandException {
        refuseOtherSockets(call.flags());
        String format = call.flags().text("format");
        if (format.startsWith("json")) {
            call.warn("# Warning: this JSON format is not yet considered a stable interface");
        }
        if (!List.of("", "json", "json-line").contains(format)) {
            throw new CommandException("unknown output format " + GoText.quote(format));
        }
        Duration every = call.flags().duration("every");
        while (true) {
            Tree derpMap = call.daemon().get("derpmap");
            if (derpMap.isNull()) {
                throw new CommandException(
                        "No DERP map from the daemon: it learns the relays when it has logged in.");
            }
            Tree report = measure(call);
            call.print(
                    switch (format) {
                        case "json" -> JsonTree.indented(report.value(), "\t") + "\n";
                        case "json-line" -> JsonTree.compact(report.value()) + "\n";
                        default -> describe(report, derpMap, call.flags().bool("verbose"));
                    });
            if (every.isZero()) {
                return 0;
            }
            call.world().pause(every);
        }
    }

    private static void refuseOtherSockets(Flags flags) throws CommandException {
        if (flags.isGiven("bind-address") || flags.isGiven("bind-port")) {
            throw new CommandException(
                    "The daemon measures with the sockets it has; --bind-address and --bind-port are not part of Remora.");
        }
    }

    private static Tree measure(Invocation call) throws CommandException {
        try {
            return call.daemon().get("remora/netcheck");
        } catch (DaemonException e) {
            throw e.status() == NOT_FOUND
                    ? new CommandException(
                            "This daemon is not Remora's, which measures the network itself; use its own command line for netcheck.",
                            e)
                    : e;
        }
    }

    private static String describe(Tree report, Tree derpMap, boolean verbose) {
        StringBuilder out = new StringBuilder("\nReport:\n");
        line(out, "Time", report.at("Now").text().replace('T', ' '));
        line(out, "UDP", Boolean.toString(report.at("UDP").bool()));
        line(out, "IPv4", ipv4(report));
        line(out, "IPv6", ipv6(report));
        line(out, "MappingVariesByDestIP", yesOrNo(report.at("MappingVariesByDestIP")));
        line(out, "PortMapping", portMapping(report));
        if (!report.at("CaptivePortal").isNull()) {
            line(out, "CaptivePortal", yesOrNo(report.at("CaptivePortal")));
        }
        List<Region> regions = regions(report, derpMap);
        if (regions.isEmpty() || regions.getFirst().latency == Long.MAX_VALUE) {
            line(out, "Nearest DERP", "unknown (no response to latency probes)");
            return out.toString();
        }
        Tree nearest = region(derpMap, report.at("PreferredDERP").number());
        line(out, "Nearest DERP", nearest.at("RegionName").text());
        line(out, "DERP latency", "");
        out.setLength(out.length() - 2);
        out.append('\n');
        regions.forEach(region -> out.append(region.line(verbose)));
        return out.toString();
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append("\t* ").append(name).append(": ").append(value).append('\n');
    }

    private static String yesOrNo(Tree optional) {
        return optional.isNull() ? "" : Boolean.toString(optional.bool());
    }

    private static String ipv4(Tree report) {
        String global = report.at("GlobalV4").text();
        return global.isEmpty() ? "(no addr found)" : "yes, " + global;
    }

    private static String ipv6(Tree report) {
        String global = report.at("GlobalV6").text();
        if (!global.isEmpty()) {
            return "yes, " + global;
        }
        if (report.at("IPv6").bool()) {
            return "(no addr found)";
        }
        return report.at("OSHasIPv6").bool() ? "no, but OS has support" : "no, unavailable in OS";
    }

    private static String portMapping(Tree report) {
        List<String> found = new ArrayList<>();
        boolean checked = false;
        for (var protocol : PORT_MAPPING.entrySet()) {
            Tree answers = report.at(protocol.getKey());
            checked |= !answers.isNull();
            if (answers.bool()) {
                found.add(protocol.getValue());
            }
        }
        found.sort(Comparator.reverseOrder());
        return checked ? String.join(", ", found) : "not checked";
    }

    /// @param latency in nanoseconds; the greatest value if it did not answer
    private record Region(long id, String code, String name, long latency) {
        String line(boolean verbose) {
            String took =
                    latency == Long.MAX_VALUE
                            ? ""
                            : GoDuration.text(GoDuration.round(latency, LATENCY_STEP));
            return "\t\t- "
                    + GoText.pad(code, 3)
                    + ": "
                    + GoText.pad(took, 7)
                    + " ("
                    + (verbose ? "derp" + id + ", " : "")
                    + name
                    + ")\n";
        }
    }

    private static List<Region> regions(Tree report, Tree derpMap) {
        List<Region> regions = new ArrayList<>();
        derpMap.at("Regions")
                .members()
                .forEach((id, region) -> {
                    Tree latency = report.at("RegionLatency").at(id);
                    regions.add(
                            new Region(
                                    region.at("RegionID").number(),
                                    region.at("RegionCode").text(),
                                    region.at("RegionName").text(),
                                    latency.isNull() ? Long.MAX_VALUE : latency.number()));
                });
        regions.sort(Comparator.comparingLong(Region::latency).thenComparingLong(Region::id));
        return regions;
    }

    private static Tree region(Tree derpMap, long id) {
        return derpMap.at("Regions").at(Long.toString(id));
    }
}
