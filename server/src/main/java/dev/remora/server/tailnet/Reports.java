package dev.remora.server.tailnet;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.NetInfo;
import dev.remora.server.model.Node;
import dev.remora.server.model.Report;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes in what nodes tell about themselves. Most of it is kept with the next batch; a name or a route at once.
final class Reports {
    private static final int MAX_ENDPOINTS = 64;

    private final Books books;
    private final Names names;
    private final Approvals approvals;

    Reports(Books books, Names names, Approvals approvals) {
        this.books = books;
        this.names = names;
        this.approvals = approvals;
    }

    void report(long id, MapRequest request) {
        if (request.readOnly()) {
            return;
        }
        books.perform(
                "what a node tells about itself",
                edit -> {
                    Optional<Node> before = books.roster().node(id);
                    if (before.isEmpty()) {
                        return;
                    }
                    Node node = follow(edit, before.get(), request);
                    if (node.equals(before.get())) {
                        return;
                    }
                    if (mustBeKept(before.get(), node)) {
                        edit.put(node);
                    } else {
                        edit.putSoon(node);
                    }
                });
    }

    private Node follow(Edit edit, Node node, MapRequest request) {
        Node told = node.withReport(report(node.report(), request));
        if (!request.discoKey().isZero()) {
            told = told.withKeys(told.keys().withDisco(request.discoKey()));
        }
        Node named = names.follow(edit, told);
        return announcesTheSame(node, named) ? named : approvals.approve(edit, named);
    }

    /// Then what a person took back is not approved again by the next report.
    private static boolean announcesTheSame(Node before, Node now) {
        return before.report().announcedRoutes().equals(now.report().announcedRoutes());
    }

    /// The database holds labels unique: they change there in the same order as here.
    private static boolean mustBeKept(Node before, Node now) {
        return !before.name().equals(now.name())
                || !before.approvedRoutes().equals(now.approvedRoutes());
    }

    /// A stream's request repeats what was told by another, but may do so before it knows any endpoint.
    private static Report report(Report before, MapRequest request) {
        Report merged = request.hostInfo() == null ? before : merge(before, request.hostInfo());
        List<IpPort> sent = request.endpoints();
        List<IpPort> told = sent == null ? List.of() : usable(sent);
        boolean saysNothing = told.isEmpty() && request.stream();
        return new Report(
                merged.hostInfo(),
                saysNothing ? before.endpoints() : told,
                merged.homeDerp(),
                (int) Math.min(request.version(), Integer.MAX_VALUE));
    }

    /// What was measured about the network stays until something else is measured.
    static Report merge(Report before, HostInfo told) {
        NetInfo netInfo = told.netInfo() == null ? before.hostInfo().netInfo() : told.netInfo();
        HostInfo host = saysNothingOfTheHost(told) ? before.hostInfo() : told;
        HostInfo hostInfo = host.withNetInfo(netInfo);
        return new Report(
                hostInfo,
                before.endpoints(),
                homeDerp(hostInfo, before.homeDerp()),
                before.capVersion());
    }

    /// A report that leaves out what every client knows of itself is about its network.
    private static boolean saysNothingOfTheHost(HostInfo told) {
        return isBlank(told.hostname()) && isBlank(told.os());
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isEmpty();
    }

    static int homeDerp(HostInfo hostInfo, int before) {
        NetInfo netInfo = hostInfo.netInfo();
        long told = netInfo == null ? 0 : netInfo.preferredDerp();
        return told > 0 && told <= Integer.MAX_VALUE ? (int) told : before;
    }

    /// Only what a peer could send to. An address of one link means nothing on another; one with a zone is absent already.
    private static List<IpPort> usable(List<IpPort> told) {
        return told.stream()
                .filter(Objects::nonNull)
                .filter(endpoint -> isReachable(endpoint.ip()) && endpoint.port() != 0)
                .distinct()
                .limit(MAX_ENDPOINTS)
                .toList();
    }

    private static boolean isReachable(IpAddress ip) {
        return !(ip.isLinkLocal() && !ip.v4()) && !ip.isUnspecified() && !ip.isMulticast();
    }
}
