package dev.remora.engine.path;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.engine.path.Endpoint.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OwnEndpointsTest {
    private static final long S = SECONDS.toNanos(1);
    private static final IpPort STUN_1 = TestPeer.address("203.0.113.1:1001");
    private static final IpPort STUN_2 = TestPeer.address("203.0.113.1:1002");

    private final OwnEndpoints own = new OwnEndpoints(new Random(1));
    private final List<PathOutput> out = new ArrayList<>();

    // ---- which

    @Test
    void whatStunSawComesBeforeTheInterfaces() {
        local("eth0 192.168.1.20/24", "eth0 2001:db8::7/64");
        assertThat(out).isEmpty();
        own.onStunEndpoints(List.of(STUN_1), false, 0, out::add);

        assertThat(out)
                .containsExactly(
                        new PathOutput.EndpointsChanged(
                                List.of(
                                        new Endpoint(STUN_1, Source.STUN),
                                        endpoint("192.168.1.20:41641"),
                                        endpoint("[2001:db8::7]:41642"))));
    }

    @Test
    void addressesThatHelpNobodyAreLeftOut() {
        local(
                "eth0 192.168.1.20/24",
                "eth0 fe80::1/64",
                "tailscale0 100.101.102.103/32",
                "tailscale0 fd7a:115c:a1e0::1/128",
                "zt7nnig26 10.147.17.5/24",
                "wt0 10.99.0.1/24",
                "eth0 169.254.7.7/16",
                "eth0 fd00::7/64",
                "lo 127.0.0.1/8",
                "lo ::1/128");

        assertThat(found()).containsExactly("192.168.1.20:41641");
    }

    @Test
    void withNothingElseLinkLocalAndUniqueLocalAddressesCount() {
        local("eth0 169.254.7.7/16", "eth0 fd00::7/64", "eth0 fe80::1/64", "lo 127.0.0.1/8");

        assertThat(found()).containsExactly("169.254.7.7:41641", "[fd00::7]:41642");
    }

    @Test
    void withNothingAtAllLoopbackCounts() {
        local("lo 127.0.0.1/8", "lo ::1/128");

        assertThat(found()).containsExactly("127.0.0.1:41641", "[::1]:41642");
    }

    @Test
    void twoAddressesOfAnIpv6SubnetAreEnough() {
        local(
                "eth0 2001:db8::1/64",
                "eth0 2001:db8::2/64",
                "eth0 2001:db8::3/64",
                "eth1 2001:db8:0:1::1/64");

        assertThat(found())
                .containsExactly(
                        "[2001:db8::1]:41642", "[2001:db8::2]:41642", "[2001:db8:0:1::1]:41642");
    }

    @Test
    void aFamilyWithoutSocketIsLeftOutAndNotSentTo() {
        own.onLocalSockets(
                new LocalSockets(
                        addresses("eth0 192.168.1.20/24", "eth0 2001:db8::7/64"), 41641, 0, false),
                0,
                out::add);

        assertThat(found()).containsExactly("192.168.1.20:41641");
        assertThat(own.canSendTo(TestPeer.address("[2001:db8::9]:1"))).isFalse();
        assertThat(own.canSendTo(TestPeer.address("192.0.2.1:1"))).isTrue();
    }

    @Test
    void behindANatThatVariesAConfiguredPortIsAGuess() {
        own.onLocalSockets(
                new LocalSockets(addresses("eth0 10.0.0.2/24"), 41641, 0, true), 0, out::add);
        own.onStunEndpoints(List.of(STUN_1, STUN_2), true, 0, out::add);

        assertThat(own.current())
                .containsExactly(
                        new Endpoint(STUN_1, Source.STUN),
                        new Endpoint(STUN_2, Source.STUN),
                        new Endpoint(
                                TestPeer.address("203.0.113.1:41641"), Source.STUN_WITH_LOCAL_PORT),
                        endpoint("10.0.0.2:41641"));
    }

    // ---- how long

    @Test
    void aVanishedEndpointIsToldForFiveMinutesMore() {
        own.onStunEndpoints(List.of(STUN_1), false, 0, out::add);
        own.onStunEndpoints(List.of(STUN_2), false, 310 * S, out::add);
        assertThat(addressesTold()).containsExactly(STUN_2, STUN_1);
        own.onStunEndpoints(List.of(STUN_2), false, 310 * S + 1, out::add);

        assertThat(addressesTold()).containsExactly(STUN_2);
    }

    @Test
    void ofOneAddressTheLastSixPortsAreTold() {
        for (int port = 1; port <= 20; port++) {
            IpPort seen = TestPeer.address("203.0.113.1:" + port);
            own.onStunEndpoints(List.of(seen), false, port * S, out::add);
        }

        assertThat(addressesTold()).hasSize(6).first().hasToString("203.0.113.1:20");
    }

    @Test
    void anotherOrderIsNoChange() {
        own.onStunEndpoints(List.of(STUN_1, STUN_2), false, 0, out::add);
        own.onStunEndpoints(List.of(STUN_2, STUN_1), false, S, out::add);

        assertThat(out).filteredOn(PathOutput.EndpointsChanged.class::isInstance).hasSize(1);
    }

    // ---- when

    @Test
    void oneSearchRunsAndOneMoreMayWait() {
        own.search(EndpointSearch.FIRST_PEERS, 0, out::add);
        own.search(EndpointSearch.LINK_CHANGE, 0, out::add);
        own.search(EndpointSearch.RELAYS_CHANGED, 0, out::add);
        own.search(EndpointSearch.CALL_ME_MAYBE, 0, out::add);
        assertThat(out).containsExactly(new PathOutput.EndpointsWanted(EndpointSearch.FIRST_PEERS));
        out.clear();

        own.onStunEndpoints(List.of(), false, S, out::add);
        assertThat(out)
                .containsExactly(new PathOutput.EndpointsWanted(EndpointSearch.RELAYS_CHANGED));
        out.clear();
        own.onStunEndpoints(List.of(), false, 2 * S, out::add);
        assertThat(out).isEmpty();
    }

    @Test
    void searchesAgainAfter20To26SecondsWhileActive() {
        own.onStunEndpoints(List.of(STUN_1), false, 0, out::add);
        out.clear();

        assertThat(own.nextDeadline()).isBetween(20 * S, 26 * S);
        own.onTimer(true, own.nextDeadline(), out::add);
        assertThat(out).containsExactly(new PathOutput.EndpointsWanted(EndpointSearch.PERIODIC));
    }

    @Test
    void restsWhileIdleAndSearchesWhenWokenUp() {
        own.onStunEndpoints(List.of(STUN_1), false, 0, out::add);
        out.clear();
        own.onTimer(false, own.nextDeadline(), out::add);
        assertThat(own.nextDeadline()).isEqualTo(Long.MAX_VALUE);

        own.onActive(100 * S);
        own.onTimer(true, 100 * S, out::add);
        assertThat(out).containsExactly(new PathOutput.EndpointsWanted(EndpointSearch.PERIODIC));
    }

    @Test
    void anotherAddressOfAnInterfaceStartsASearch() {
        local("eth0 192.168.1.20/24");
        local("eth0 192.168.1.20/24");
        assertThat(out).isEmpty();
        local("eth0 10.0.0.5/24");

        assertThat(out).containsExactly(new PathOutput.EndpointsWanted(EndpointSearch.LINK_CHANGE));
    }

    @Test
    void whatWasFoundIsFreshFor27Seconds() {
        assertThat(own.fresh(0)).isFalse();
        own.onStunEndpoints(List.of(STUN_1), false, 0, out::add);

        assertThat(own.fresh(27 * S)).isTrue();
        assertThat(own.fresh(27 * S + 1)).isFalse();
    }

    // ---- what the tests above are told with

    private void local(String... addresses) {
        own.onLocalSockets(
                new LocalSockets(addresses(addresses), 41641, 41642, false), 0, out::add);
    }

    private static List<LocalSockets.LocalAddress> addresses(String... texts) {
        return Stream.of(texts)
                .map(text -> text.split(" "))
                .map(parts -> new LocalSockets.LocalAddress(parts[0], prefix(parts[1])))
                .toList();
    }

    private static IpPrefix prefix(String text) {
        try {
            return IpPrefix.parse(text);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> found() {
        own.onStunEndpoints(List.of(), false, 0, out::add);
        return own.current().stream().map(endpoint -> endpoint.address().toString()).toList();
    }

    private List<IpPort> addressesTold() {
        return own.current().stream().map(Endpoint::address).toList();
    }

    private static Endpoint endpoint(String address) {
        return new Endpoint(TestPeer.address(address), Source.LOCAL);
    }
}
