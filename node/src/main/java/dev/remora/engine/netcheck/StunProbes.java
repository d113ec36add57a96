package dev.remora.engine.netcheck;

import dev.remora.base.Deadlines;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.engine.netmap.DerpAddress;
import dev.remora.engine.netmap.DerpNode;
import dev.remora.proto.stun.BindingRequest;
import dev.remora.proto.stun.BindingResponse;
import dev.remora.proto.stun.TxId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The STUN phase of one run: sends each set's probes when they are due, until the set has its first answer or there
/// is nothing more to learn from it.
final class StunProbes {
    private final List<RunningSet> sets;
    private final Measurement measurement;
    private final RandomGenerator random;
    private final Map<TxId, Sent> inFlight = new HashMap<>();
    private final Map<String, List<IpAddress>> names = new HashMap<>();
    private final Set<String> unknownNames = new LinkedHashSet<>();

    private record Sent(RunningSet set, IpPort to, long at) {}

    private static final class RunningSet {
        private final ProbePlan.ProbeSet plan;
        private final Queue<ProbePlan.Probe> left;
        private final long startedAt;
        private int unanswered;
        private boolean done;

        RunningSet(ProbePlan.ProbeSet plan, long startedAt) {
            this.plan = plan;
            this.left = new ArrayDeque<>(plan.probes());
            this.startedAt = startedAt;
        }

        /// When its next probe is due.
        long nextAt() {
            return done || left.isEmpty() ? Deadlines.NEVER : startedAt + left.element().delay();
        }

        boolean isHopeless() {
            return left.isEmpty() && unanswered == 0;
        }
    }

    StunProbes(
            List<ProbePlan.ProbeSet> plan,
            Measurement measurement,
            RandomGenerator random,
            long now) {
        this.sets = plan.stream().map(set -> new RunningSet(set, now)).toList();
        this.measurement = measurement;
        this.random = random;
    }

    /// Asks for the names, and sends what is due at once.
    void start(long now, Consumer<? super NetCheckOutput> out) {
        for (RunningSet set : sets) {
            for (ProbePlan.Probe probe : set.plan.probes()) {
                if (needsName(probe.node(), set.plan.family())) {
                    unknownNames.add(probe.node().hostName());
                }
            }
        }
        List.copyOf(unknownNames).forEach(host -> out.accept(new NetCheckOutput.ResolveName(host)));
        sendDue(now, out);
    }

    void onNames(String host, List<IpAddress> addresses) {
        unknownNames.remove(host);
        names.put(host, List.copyOf(addresses));
    }

    void sendDue(long now, Consumer<? super NetCheckOutput> out) {
        for (RunningSet set : sets) {
            while (set.nextAt() <= now && !waitsForName(set)) {
                if (measurement.wouldGainFrom(set.plan.region(), set.plan.family())) {
                    send(set, set.left.remove().node(), now, out);
                } else {
                    set.done = true;
                }
                set.done |= set.isHopeless();
            }
        }
    }

    private void send(
            RunningSet set, DerpNode node, long now, Consumer<? super NetCheckOutput> out) {
        Optional<IpPort> to = destination(node, set.plan.family());
        if (to.isPresent()) {
            TxId txId = TxId.random(random);
            inFlight.put(txId, new Sent(set, to.get(), now));
            set.unanswered++;
            measurement.sent(set.plan.family());
            out.accept(new NetCheckOutput.SendStun(to.get(), new BindingRequest(txId)));
        }
    }

    /// False if nobody waits for it. The time runs from the request with the same id, so an answer that comes after the
    /// next try still counts right.
    boolean onResponse(BindingResponse response, long now) {
        Sent sent = inFlight.remove(response.txId());
        if (sent == null) {
            return false;
        }
        sent.set().done = true;
        measurement.onStun(
                sent.set().plan.region(), sent.to(), response.seenFrom(), now - sent.at());
        return true;
    }

    void onSendFailed(TxId txId) {
        Sent sent = inFlight.remove(txId);
        if (sent != null) {
            sent.set().unanswered--;
            sent.set().done |= sent.set().isHopeless();
            measurement.sendFailed(sent.set().plan.family());
        }
    }

    /// How many regions are asked at all.
    int regions() {
        return (int) sets.stream().map(set -> set.plan.region()).distinct().count();
    }

    /// A set that has sent its last probe still waits for an answer.
    boolean allDone() {
        return sets.stream().allMatch(set -> set.done);
    }

    long nextDeadline() {
        return sets.stream()
                .filter(set -> !waitsForName(set))
                .mapToLong(RunningSet::nextAt)
                .min()
                .orElse(Deadlines.NEVER);
    }

    private boolean waitsForName(RunningSet set) {
        ProbePlan.Probe next = set.left.peek();
        return next != null
                && needsName(next.node(), set.plan.family())
                && unknownNames.contains(next.node().hostName());
    }

    private static boolean needsName(DerpNode node, Family family) {
        return node.stunTestIp().isEmpty()
                && family.addressOf(node) instanceof DerpAddress.ByName
                && literal(node.hostName()).isEmpty();
    }

    private Optional<IpPort> destination(DerpNode node, Family family) {
        int port = node.stunPort().orElseThrow(); // no probe is planned for a node without
        return address(node, family).map(ip -> new IpPort(ip, port));
    }

    private Optional<IpAddress> address(DerpNode node, Family family) {
        if (node.stunTestIp().isPresent()) {
            return node.stunTestIp();
        }
        return switch (family.addressOf(node)) {
            case DerpAddress.Fixed(var ip) -> Optional.of(ip);
            case DerpAddress.ByName() ->
                    literal(node.hostName())
                            .map(List::of)
                            .orElseGet(() -> names.getOrDefault(node.hostName(), List.of()))
                            .stream()
                            .filter(ip -> Family.of(ip) == family)
                            .findFirst();
            case DerpAddress.Off() -> Optional.empty();
        };
    }

    private static Optional<IpAddress> literal(String host) {
        try {
            return Optional.of(IpAddress.parse(host));
        } catch (MalformedException e) {
            return Optional.empty(); // a name, then
        }
    }
}
