package dev.remora.server.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.DnsConfig;
import dev.remora.proto.control.DnsRecord;
import dev.remora.proto.control.DnsResolver;
import dev.remora.proto.control.RawJson;
import dev.remora.server.model.Node;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MapDnsTest {
    private final Node node = new TestTailnet(4).add(1);
    private final MapDns dns = new MapDns(TestTailnet.settings());

    private static DnsResolver resolver(String address) {
        return new DnsResolver(address, null, false);
    }

    private static DnsConfig config(
            boolean proxied, List<DnsResolver> resolvers, Map<String, List<DnsResolver>> routes) {
        return new DnsConfig(
                resolvers,
                routes,
                null,
                List.of("corp.example", "lab.test"),
                proxied,
                null,
                null,
                List.of(new DnsRecord("grafana.lab.test", "A", "100.64.0.99")),
                null);
    }

    @Test
    void theTailnetsOwnNamesAreAnsweredByTheClient() {
        DnsConfig told = dns.of(config(true, null, null), node, Map.of());

        assertThat(told.routes())
                .hasSize(65)
                .containsEntry("64.100.in-addr.arpa", List.of())
                .containsEntry("127.100.in-addr.arpa", List.of())
                .containsEntry("0.e.1.a.c.5.1.1.a.7.d.f.ip6.arpa", List.of())
                .doesNotContainKey("128.100.in-addr.arpa");
        assertThat(told.domains()).containsExactly("lab.test", "corp.example");
        assertThat(told.extraRecords()).hasSize(1);
        assertThat(ControlJson.text(told))
                .contains("\"64.100.in-addr.arpa\":[]")
                .doesNotContain("null");
    }

    @Test
    void onlyZonesOfOurPrefixesAreTaken() {
        MapSettings small =
                MapSettings.of(
                        "x",
                        "lab.test",
                        TestTailnet.prefix("100.64.16.0/22"),
                        TestTailnet.prefix("fd7a:115c:a1e0:1234::/64"));

        assertThat(new MapDns(small).of(config(true, null, null), node, Map.of()).routes())
                .containsOnlyKeys(
                        "16.64.100.in-addr.arpa",
                        "17.64.100.in-addr.arpa",
                        "18.64.100.in-addr.arpa",
                        "19.64.100.in-addr.arpa",
                        "4.3.2.1.0.e.1.a.c.5.1.1.a.7.d.f.ip6.arpa");
    }

    @Test
    void splitDnsStandsBesideThem() {
        DnsConfig told =
                dns.of(
                        config(true, null, Map.of("corp.example", List.of(resolver("10.0.0.1")))),
                        node,
                        Map.of());

        assertThat(told.routes())
                .hasSize(66)
                .containsEntry("corp.example", List.of(resolver("10.0.0.1")));
    }

    @Test
    void withoutMagicDnsThereAreNoZones() {
        DnsConfig told = dns.of(config(false, null, null), node, Map.of());

        assertThat(told.proxied()).isFalse();
        assertThat(told.routes()).isNull();
    }

    @Test
    void aProfileAtNextDnsIsTheNodesOwn() {
        DnsConfig all =
                config(
                        true,
                        List.of(resolver("https://dns.nextdns.io/abc"), resolver("1.1.1.1")),
                        null);

        List<RawJson> none = List.of();
        assertThat(dns.of(all, node, Map.of()).resolvers()).isEqualTo(all.resolvers());
        assertThat(dns.of(all, node, Map.of("nextdns:xyz", none)).resolvers())
                .containsExactly(
                        resolver(
                                "https://dns.nextdns.io/xyz?device_name=n1&device_model=linux&device_ip=100.64.0.1"),
                        resolver("1.1.1.1"));
        assertThat(
                        dns.of(
                                        all,
                                        node,
                                        Map.of("nextdns:xyz", none, "nextdns:no-device-info", none))
                                .resolvers())
                .containsExactly(resolver("https://dns.nextdns.io/xyz"), resolver("1.1.1.1"));
    }
}
