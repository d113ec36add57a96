package dev.remora.engine.netcheck;

import static dev.remora.engine.netcheck.FakeInternet.BOTH;
import static dev.remora.engine.netcheck.FakeInternet.V4_ONLY;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.engine.netmap.DerpAddress;
import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.proto.stun.BindingResponse;
import dev.remora.proto.stun.TxId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetCheckTest {
    private final FakeInternet internet = new FakeInternet();

    @Test
    void reportsLatenciesOurAddressAndTheNearestRegion() {
        internet.latencyMillis(1, 30);
        internet.latencyMillis(2, 12);

        NetReport report = internet.run(Maps.ofRegions(2), V4_ONLY, 0);

        assertThat(report.full()).isTrue();
        assertThat(report.udp()).isTrue();
        assertThat(report.ipv4()).isTrue();
        assertThat(report.ipv6()).isFalse();
        assertThat(report.ipv4CanSend()).isTrue();
        assertThat(report.mapping()).isEqualTo(NatMapping.ENDPOINT_INDEPENDENT);
        assertThat(report.stunEndpoints()).containsExactly(port("203.0.113.5", 41641));
        assertThat(report.globalV4()).contains(port("203.0.113.5", 41641));
        assertThat(report.latency()).isEqualTo(latencies(1, 30, 2, 12));
        assertThat(report.latencyV4()).isEqualTo(report.latency());
        assertThat(report.preferredDerp()).contains(Maps.id(2));
    }

    @Test
    void aNatThatMapsByDestinationIsRecognised() {
        AtomicInteger nextPort = new AtomicInteger(50_000);
        internet.nat = to -> port("203.0.113.5", nextPort.getAndIncrement());

        NetReport report = internet.run(Maps.ofRegions(2), V4_ONLY, 0);

        assertThat(report.mapping()).isEqualTo(NatMapping.ENDPOINT_DEPENDENT);
        assertThat(report.mappingVaries()).isTrue();
        assertThat(report.stunEndpoints()).containsExactly(port("203.0.113.5", 50_000));
    }

    @Test
    void oneServerProvesNothingAboutTheNatHoweverOftenItAnswers() {
        internet.latencyMillis(
                1, 150); // so that the second try is under way when the first is answered

        NetReport report = internet.run(Maps.ofRegions(1), V4_ONLY, 0);

        assertThat(internet.sent).hasSize(2);
        assertThat(report.mapping()).isEqualTo(NatMapping.UNKNOWN);
    }

    @Test
    void anotherAddressIsAnEndpointOnceItWasSeenTwice() {
        for (int region = 1; region <= 3; region++) {
            internet.latencyMillis(region, 10L + region);
        }
        internet.nat =
                to -> port("203.0.113.5", to.ip().equals(Maps.ip("192.0.2.1")) ? 40_000 : 40_001);

        NetReport report = internet.run(Maps.ofRegions(3), V4_ONLY, 0);

        assertThat(report.stunEndpoints())
                .containsExactly(port("203.0.113.5", 40_000), port("203.0.113.5", 40_001));
    }

    @Test
    void ipv6IsMeasuredBesideIpv4() {
        internet.latency.put(Maps.ip("2001:db8::1"), MILLISECONDS.toNanos(7));

        NetReport report = internet.run(Maps.ofRegions(1), BOTH, 0);

        assertThat(report.ipv6()).isTrue();
        assertThat(report.osHasIpv6()).isTrue();
        assertThat(report.latency()).isEqualTo(latencies(1, 7));
        assertThat(report.latencyV4()).isEqualTo(latencies(1, 20));
        assertThat(report.latencyV6()).isEqualTo(latencies(1, 7));
        assertThat(report.stunEndpoints())
                .containsExactly(port("203.0.113.5", 41641), port("2001:db8:5::5", 41641));
    }

    @Test
    void triesThreeTimesAndGoesThroughTheNodesOfARegion() {
        internet.lost = to -> true;
        DerpMap map = Maps.of(Maps.region(1, Maps.node(1), Maps.node(101)));

        internet.run(map, V4_ONLY, 0);

        assertThat(internet.sentMillis(Maps.ip("192.0.2.1"))).containsExactly(0L, 200L);
        assertThat(internet.sentMillis(Maps.ip("192.0.2.101"))).containsExactly(100L);
    }

    @Test
    void measuresFromTheTryThatWasAnsweredAndStopsTrying() {
        AtomicInteger tries = new AtomicInteger();
        internet.lost = to -> tries.incrementAndGet() == 1;

        NetReport report = internet.run(Maps.ofRegions(1), V4_ONLY, 0);

        assertThat(report.latency()).isEqualTo(latencies(1, 20));
        assertThat(internet.sent).hasSize(2);
    }

    @Test
    void regionsThatMustNotBeMeasuredAreLeftAlone() {
        var withoutStun =
                Maps.node(
                        3,
                        Maps.fixed("192.0.2.3"),
                        new DerpAddress.Off(),
                        OptionalInt.empty(),
                        Optional.empty());
        DerpMap map =
                Maps.of(
                        Maps.region(1),
                        Maps.neverHome(2),
                        Maps.region(3, withoutStun),
                        Maps.avoided(4));

        NetReport report = internet.run(map, V4_ONLY, 0);

        assertThat(report.latency()).containsOnlyKeys(Maps.id(1), Maps.id(4));
    }

    @Test
    void asksNoNodeInAFamilyThatIsSwitchedOffThere() {
        var v6Off = Maps.node(1, Maps.fixed("192.0.2.1"), new DerpAddress.Off());

        internet.run(Maps.of(Maps.region(1, v6Off)), BOTH, 0);

        assertThat(internet.sent).extracting(s -> s.to().ip()).containsOnly(Maps.ip("192.0.2.1"));
    }

    @Test
    void threeRegionsAreEnoughAndTheOthersGetTwiceTheTimeOfTheSlowest() {
        internet.latencyMillis(1, 10);
        internet.latencyMillis(2, 20);
        internet.latencyMillis(3, 30);
        internet.latencyMillis(4, 80);
        internet.lost = to -> to.ip().equals(Maps.ip("192.0.2.5"));

        NetReport report = internet.run(Maps.ofRegions(5), V4_ONLY, 0);

        assertThat(report.latency())
                .containsOnlyKeys(Maps.id(1), Maps.id(2), Maps.id(3), Maps.id(4));
        assertThat(internet.took()).isEqualTo(MILLISECONDS.toNanos(30 + 2 * 30));
    }

    @Test
    void aSingleRegionIsNotWaitedForInAFamilyThatIsDead() {
        internet.lost = to -> !to.ip().v4();

        NetReport report = internet.run(Maps.ofRegions(1), BOTH, 0);

        assertThat(report.ipv6()).isFalse();
        assertThat(report.ipv6CanSend()).isTrue();
        assertThat(internet.took()).isEqualTo(MILLISECONDS.toNanos(20 + 500));
    }

    @Test
    void aSystemThatRefusesToSendEndsTheWait() {
        internet.refused = to -> !to.ip().v4();

        NetReport report = internet.run(Maps.ofRegions(1), BOTH, 0);

        assertThat(report.ipv6CanSend()).isFalse();
        assertThat(report.ipv4CanSend()).isTrue();
        assertThat(internet.took()).isEqualTo(MILLISECONDS.toNanos(200));
    }

    @Test
    void whereUdpIsBlockedHttpsTellsTheLatency() {
        internet.lost = to -> true;
        internet.httpsLatency.put(Maps.id(1), MILLISECONDS.toNanos(90));
        internet.httpsLatency.put(Maps.id(2), MILLISECONDS.toNanos(40));
        DerpMap map = Maps.of(Maps.region(1), Maps.region(2), Maps.avoided(3), Maps.neverHome(4));

        NetReport report = internet.run(map, V4_ONLY, 0);

        assertThat(internet.askedByHttps).containsExactly(Maps.id(1), Maps.id(2));
        assertThat(report.udp()).isFalse();
        assertThat(report.ipv4()).isTrue();
        assertThat(report.latency()).isEqualTo(latencies(1, 90, 2, 40));
        assertThat(report.mapping()).isEqualTo(NatMapping.UNKNOWN);
        assertThat(report.stunEndpoints()).isEmpty();
        assertThat(report.preferredDerp()).contains(Maps.id(2));
        assertThat(internet.took()).isBetween(SECONDS.toNanos(3), SECONDS.toNanos(5));
    }

    @Test
    void nothingTakesLongerThanFiveSeconds() {
        internet.lost = to -> true;
        internet.httpsLatency.put(Maps.id(1), SECONDS.toNanos(60));

        NetReport report = internet.run(Maps.ofRegions(1), V4_ONLY, 0);

        assertThat(internet.took()).isEqualTo(SECONDS.toNanos(5));
        assertThat(report.latency()).isEmpty();
        assertThat(report.preferredDerp()).isEmpty();
    }

    @Test
    void withoutAnyRelayTheReportIsEmptyAtOnce() {
        NetReport report = internet.run(DerpMap.EMPTY, BOTH, 0);

        assertThat(internet.took()).isZero();
        assertThat(report.latency()).isEmpty();
    }

    @Test
    void latencyCountsFromTheRequestNotFromTheNameLookUp() {
        var byName = Maps.node(1, new DerpAddress.ByName(), new DerpAddress.ByName());
        internet.names.put("relay1.example", List.of(Maps.ip("2001:db8::1"), Maps.ip("192.0.2.1")));
        internet.dnsTakes = MILLISECONDS.toNanos(400);

        NetReport report = internet.run(Maps.of(Maps.region(1, byName)), BOTH, 0);

        assertThat(report.latencyV4()).isEqualTo(latencies(1, 20));
        assertThat(report.latencyV6()).isEqualTo(latencies(1, 20));
        assertThat(internet.sentMillis(Maps.ip("192.0.2.1"))).startsWith(400L);
    }

    @Test
    void aNameThatDoesNotExistIsNotWaitedFor() {
        var byName = Maps.node(1, new DerpAddress.ByName(), new DerpAddress.Off());

        NetReport report = internet.run(Maps.of(Maps.region(1, byName)), V4_ONLY, 0);

        assertThat(internet.sent).isEmpty();
        assertThat(report.latency()).isEmpty();
        assertThat(internet.took()).isLessThan(SECONDS.toNanos(1));
    }

    @Test
    void aTestAddressReplacesAllOthers() {
        var node =
                Maps.node(
                        1,
                        new DerpAddress.ByName(),
                        new DerpAddress.ByName(),
                        OptionalInt.of(5000),
                        Optional.of(Maps.ip("127.0.0.1")));

        internet.run(Maps.of(Maps.region(1, node)), new HostNetwork(false, false, true), 0);

        assertThat(internet.sent)
                .extracting(FakeInternet.Sent::to)
                .containsOnly(port("127.0.0.1", 5000));
    }

    @Test
    void laterRunsAskTheNearestThreeAndTheHome() {
        for (int region = 1; region <= 6; region++) {
            internet.latencyMillis(region, 10L * region);
        }
        internet.run(Maps.ofRegions(6), V4_ONLY, 0);
        internet.lost = to -> true;

        NetReport report = internet.run(Maps.ofRegions(6), V4_ONLY, 6);

        assertThat(report.full()).isFalse();
        assertThat(internet.sentMillis(Maps.ip("192.0.2.1"))).containsExactly(0L, 12L);
        assertThat(internet.sentMillis(Maps.ip("192.0.2.2"))).containsExactly(0L, 24L);
        assertThat(internet.sentMillis(Maps.ip("192.0.2.3"))).containsExactly(0L);
        assertThat(internet.sentMillis(Maps.ip("192.0.2.4"))).isEmpty();
        // 1.2 times 60 ms apart, and from the third try on 50 ms times its number later
        assertThat(internet.sentMillis(Maps.ip("192.0.2.6"))).containsExactly(0L, 72L, 244L, 366L);
    }

    @Test
    void ipv6IsTriedOnceWhereItDidNotWorkAndOnlyAtTheNearest() {
        DerpMap map = Maps.ofRegions(3);
        internet.latencyMillis(1, 5);
        internet.latencyMillis(2, 6);
        internet.latencyMillis(3, 7);
        internet.lost = to -> !to.ip().v4();
        internet.run(map, BOTH, 0);
        internet.lost = to -> true;

        internet.run(map, BOTH, 1);

        assertThat(internet.sentMillis(Maps.ip("2001:db8::1"))).containsExactly(0L);
        assertThat(internet.sentMillis(Maps.ip("2001:db8::2"))).containsExactly(0L);
        assertThat(internet.sentMillis(Maps.ip("2001:db8::3"))).isEmpty();
        assertThat(internet.sentMillis(Maps.ip("192.0.2.1"))).hasSize(4);
    }

    @Test
    void theThirdRegionIsAskedInOneFamilyWhereBothWork() {
        DerpMap map = Maps.ofRegions(3);
        internet.latencyMillis(1, 5);
        internet.latencyMillis(2, 6);
        internet.latencyMillis(3, 7);
        internet.run(map, BOTH, 0);

        internet.run(map, BOTH, 1);

        assertThat(internet.sentMillis(Maps.ip("192.0.2.3"))).hasSize(1);
        assertThat(internet.sentMillis(Maps.ip("2001:db8::3"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 4, 6})
    void aFullRunComesAgainAfterFiveMinutes(long minutes) {
        internet.run(Maps.ofRegions(1), V4_ONLY, 0);
        internet.now += MINUTES.toNanos(minutes);

        NetReport report = internet.run(Maps.ofRegions(1), V4_ONLY, 0);

        assertThat(report.full()).isEqualTo(minutes > 5);
    }

    @Test
    void aFullRunCanBeAskedFor() {
        internet.run(Maps.ofRegions(1), V4_ONLY, 0);

        NetReport report =
                internet.run(
                        new NetCheckRequest(Maps.ofRegions(1), Optional.empty(), V4_ONLY, true));

        assertThat(report.full()).isTrue();
    }

    @Test
    void whatNobodyWaitsForIsDropped() {
        BindingResponse stray = new BindingResponse(new TxId(1, 2), port("203.0.113.5", 1));
        ByteBuffer bytes = ByteBuffer.allocate(stray.length());
        stray.writeTo(bytes);

        internet.check.onDatagram(bytes.flip(), 0, out -> internet.dropped.add(out.toString()));
        internet.check.onDatagram(
                ByteBuffer.allocate(20), 0, out -> internet.dropped.add(out.toString()));

        assertThat(internet.dropped).hasSize(2).allMatch(text -> text.startsWith("Dropped"));
    }

    @Test
    void controlIsToldInItsOwnTerms() {
        internet.latencyMillis(1, 30);
        internet.latencyMillis(2, 250);
        NetReport report = internet.run(Maps.ofRegions(2), BOTH, 0);

        var info = report.netInfo(Optional.of(Maps.id(2)));

        assertThat(info.mappingVariesByDestIp()).isFalse();
        assertThat(info.workingUdp()).isTrue();
        assertThat(info.workingIpv6()).isTrue();
        assertThat(info.preferredDerp()).isEqualTo(2);
        assertThat(info.derpLatency()).containsEntry("1-v4", 0.03).containsEntry("2-v6", 0.25);
    }

    private static IpPort port(String ip, int port) {
        return new IpPort(Maps.ip(ip), port);
    }

    private static Map<DerpRegionId, Long> latencies(int region, long millis) {
        return Map.of(Maps.id(region), MILLISECONDS.toNanos(millis));
    }

    private static Map<DerpRegionId, Long> latencies(int a, long aMillis, int b, long bMillis) {
        return Map.of(
                Maps.id(a),
                MILLISECONDS.toNanos(aMillis),
                Maps.id(b),
                MILLISECONDS.toNanos(bMillis));
    }
}
