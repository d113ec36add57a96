package dev.remora.engine.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.TsmpMessage;
import dev.remora.proto.ip.UdpPacket;
import dev.remora.testing.Packets;
import dev.remora.testing.Vectors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PacketFilterTest {
    private static final BiPredicate<IpAddress, String> NO_CAPABILITIES = (ip, capability) -> false;
    private static final IpAddress OWN = Packets.ip("100.64.147.1");
    private static final IpAddress PEER = Packets.ip("100.64.147.10");

    static List<Vectors> cases() {
        return Vectors.read("filter/filter.json").list("cases");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decidesAsTheRealFilterDoes(Vectors vector) throws MalformedException {
        LocalAddresses local = local(vector);
        CompiledRules rules = CompiledRules.of(rules(vector), local);
        PacketFilter filter =
                PacketFilter.dropAll(capabilities(vector))
                        .with(rules, local, vector.flag("shields"));

        assertThat(rules.problems().isEmpty()).isEqualTo(vector.text("err").isEmpty());
        assertThat(
                        rules.problems().stream()
                                .anyMatch(problem -> problem.endsWith("rules are void")))
                .isEqualTo(vector.flag("no_rules_used"));
        for (Vectors step : vector.list("steps")) {
            boolean accepted = accepts(filter, step);
            if (isForeignLateFragment(step, local)) {
                assertThat(accepted).as("stricter here: %s", step.text("desc")).isFalse();
            } else {
                assertThat(accepted)
                        .as(step.text("desc"))
                        .isEqualTo(step.text("v").equals("accept"));
            }
        }
        for (Vectors caps : vector.list("caps")) {
            Map<String, List<Object>> granted =
                    rules.grants(Packets.ip(caps.text("src")), Packets.ip(caps.text("dst")));
            assertThat(granted).isEqualTo(capMap(caps.fields().get("caps")));
        }
    }

    private static boolean accepts(PacketFilter filter, Vectors step) {
        ByteBuffer bytes = step.buffer("pkt");
        if (!bytes.hasRemaining()) {
            return true; // a keep-alive, nobody asks about it
        }
        try {
            IpPacket packet = IpPacket.of(bytes);
            boolean inbound = step.text("dir").equals("in");
            return (inbound ? filter.inbound(packet, false) : filter.outbound(packet)).accepted();
        } catch (MalformedException refused) {
            return false;
        }
    }

    private static boolean isForeignLateFragment(Vectors step, LocalAddresses local) {
        try {
            IpPacket packet = IpPacket.of(step.buffer("pkt"));
            return packet.isLaterFragment() && !local.contains(packet.dst());
        } catch (MalformedException refused) {
            return false;
        }
    }

    private static LocalAddresses local(Vectors vector) throws MalformedException {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (String text : texts(vector.fields().get("local"))) {
            prefixes.add(IpPrefix.parse(text));
        }
        return LocalAddresses.of(prefixes);
    }

    private static BiPredicate<IpAddress, String> capabilities(Vectors vector) {
        Map<IpAddress, List<String>> capabilities = new HashMap<>();
        if (vector.fields().get("src_caps") instanceof Map<?, ?> map) {
            map.forEach((ip, caps) -> capabilities.put(Packets.ip(ip.toString()), texts(caps)));
        }
        return (ip, capability) -> capabilities.getOrDefault(ip, List.of()).contains(capability);
    }

    private static List<FilterInput> rules(Vectors vector) {
        return vector.list("rules").stream().map(PacketFilterTest::rule).toList();
    }

    private static FilterInput rule(Vectors rule) {
        List<FilterInput.Ports> ports =
                rule.list("DstPorts").stream()
                        .map(dst ->
                                new FilterInput.Ports(
                                        dst.text("IP"),
                                        dst.has("Bits"),
                                        (int) dst.map("Ports").number("First"),
                                        (int) dst.map("Ports").number("Last")))
                        .toList();
        List<FilterInput.Grant> grants =
                rule.list("CapGrant").stream()
                        .map(grant ->
                                new FilterInput.Grant(
                                        texts(grant.fields().get("Dsts")),
                                        texts(grant.fields().get("Caps")),
                                        capMap(grant.fields().get("CapMap"))))
                        .toList();
        Optional<List<Integer>> protocols =
                Optional.ofNullable(rule.fields().get("IPProto"))
                        .map(list ->
                                ((List<?>) list)
                                        .stream().map(n -> ((Number) n).intValue()).toList());
        return new FilterInput(
                texts(rule.fields().get("SrcIPs")), rule.has("SrcBits"), ports, protocols, grants);
    }

    private static List<String> texts(Object list) {
        return list instanceof List<?> texts
                ? texts.stream().map(Object::toString).toList()
                : List.of();
    }

    private static Map<String, List<Object>> capMap(Object map) {
        Map<String, List<Object>> caps = new HashMap<>();
        if (map instanceof Map<?, ?> entries) {
            entries.forEach((cap, values) ->
                    caps.put(
                            cap.toString(),
                            values instanceof List<?> list ? List.copyOf(list) : List.of()));
        }
        return caps;
    }

    @Test
    void aJailedPeerMayAnswerButNotAsk() throws MalformedException {
        PacketFilter filter = open("*");

        assertThat(filter.inbound(udp(PEER, 53, OWN, 4000), true)).isEqualTo(Verdict.SHIELDS_UP);
        assertThat(filter.inbound(udp(PEER, 53, OWN, 4000), false)).isEqualTo(Verdict.ACCEPT);

        filter.outbound(udp(OWN, 4000, PEER, 53));

        assertThat(filter.inbound(udp(PEER, 53, OWN, 4000), true)).isEqualTo(Verdict.ACCEPT);
    }

    @Test
    void remembersTheLast512FlowsHoweverOld() {
        PacketFilter filter = open("");
        for (int port = 1; port <= 512; port++) {
            filter.outbound(udp(OWN, port, PEER, 53));
        }
        assertThat(filter.inbound(udp(PEER, 53, OWN, 1), false)).isEqualTo(Verdict.ACCEPT);

        filter.outbound(udp(OWN, 513, PEER, 53));

        assertThat(filter.inbound(udp(PEER, 53, OWN, 1), false)).isEqualTo(Verdict.ACCEPT);
        assertThat(filter.inbound(udp(PEER, 53, OWN, 2), false)).isEqualTo(Verdict.ACL);
        assertThat(filter.inbound(udp(PEER, 53, OWN, 3), false)).isEqualTo(Verdict.ACCEPT);
    }

    @Test
    void flowsOutliveNewRulesButNotShields() {
        PacketFilter filter = open("");
        filter.outbound(udp(OWN, 4000, PEER, 53));
        IpPacket answer = udp(PEER, 53, OWN, 4000);

        PacketFilter changed = filter.with(CompiledRules.NONE, filter.local(), false);
        PacketFilter shielded = changed.with(CompiledRules.NONE, filter.local(), true);

        assertThat(changed.inbound(answer, false)).isEqualTo(Verdict.ACCEPT);
        assertThat(shielded.inbound(answer, false)).isEqualTo(Verdict.SHIELDS_UP);
    }

    @Test
    void onlyAnIpv4SynIsToldThatItWasDropped() {
        IpPacket syn =
                Packets.packet(
                        Packets.ofHex(
                                "45000028a7d800004006e46b6440930a644093017db800506eca7f3cba22c5ec5002ff00d6360000"));

        Optional<TsmpMessage.Reject> acl = PacketFilter.rejection(syn, Verdict.ACL);

        assertThat(acl).isPresent();
        assertThat(acl.get().reasonText()).isEqualTo("acl");
        assertThat(acl.get().src()).hasToString("100.64.147.10:32184");
        assertThat(acl.get().dst()).hasToString("100.64.147.1:80");
        assertThat(PacketFilter.rejection(syn, Verdict.SHIELDS_UP).orElseThrow().reasonText())
                .isEqualTo("shields");
        assertThat(PacketFilter.rejection(syn, Verdict.ACCEPT)).isEmpty();
        assertThat(PacketFilter.rejection(udp(PEER, 1, OWN, 2), Verdict.ACL)).isEmpty();
    }

    @Test
    void everySourceOfManyRulesFindsItsOwnAndNoOther() {
        List<FilterInput> inputs = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            IpAddress src = IpAddress.v4(0x64400000 + 3 * i);
            inputs.add(input(src.toString(), 1000 + i, 1000 + i));
        }
        LocalAddresses local = LocalAddresses.of(List.of(IpPrefix.single(OWN)));
        PacketFilter filter =
                PacketFilter.dropAll(NO_CAPABILITIES)
                        .with(CompiledRules.of(inputs, local), local, false);

        for (int i = 0; i < 3000; i++) {
            IpAddress src = IpAddress.v4(0x64400000 + 3 * i);
            IpAddress next = IpAddress.v4(0x64400000 + 3 * i + 1);
            assertThat(filter.inbound(udp(src, 9, OWN, 1000 + i), false)).isEqualTo(Verdict.ACCEPT);
            assertThat(filter.inbound(udp(src, 9, OWN, 1001 + i), false)).isEqualTo(Verdict.ACL);
            assertThat(filter.inbound(udp(next, 9, OWN, 1000 + i), false)).isEqualTo(Verdict.ACL);
        }
    }

    private static PacketFilter open(String src) {
        LocalAddresses local = LocalAddresses.of(List.of(IpPrefix.single(OWN)));
        CompiledRules rules =
                src.isEmpty()
                        ? CompiledRules.NONE
                        : CompiledRules.of(List.of(input(src, 0, 65535)), local);
        return PacketFilter.dropAll(NO_CAPABILITIES).with(rules, local, false);
    }

    private static FilterInput input(String src, int firstPort, int lastPort) {
        FilterInput.Ports ports = new FilterInput.Ports("*", false, firstPort, lastPort);
        return new FilterInput(List.of(src), false, List.of(ports), Optional.empty(), List.of());
    }

    private static IpPacket udp(IpAddress src, int srcPort, IpAddress dst, int dstPort) {
        Packets written = new Packets();
        IpHeader header = new IpHeader(src, dst, IpProtocol.UDP, 0);
        UdpPacket.write(header, srcPort, dstPort, ByteBuffer.allocate(0), written);
        return Packets.packet(written.single());
    }
}
