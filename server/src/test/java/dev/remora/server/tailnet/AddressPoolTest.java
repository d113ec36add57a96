package dev.remora.server.tailnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.server.model.Addresses;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressPoolTest {
    @Test
    void aSmallPoolGivesEachAddressOnceAndThenRefuses() throws Exception {
        AddressPool pool = pool("100.64.0.0/29", "fd7a:115c:a1e0::/48");
        Set<IpAddress> taken = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            Addresses next = pool.next(taken::contains);
            assertThat(taken.add(next.ipv4())).isTrue();
            assertThat(taken.add(next.ipv6())).isTrue();
        }
        assertThat(taken)
                .extracting(IpAddress::toString)
                .doesNotContain("100.64.0.0", "100.64.0.7");
        assertThatThrownBy(() -> pool.next(taken::contains)).isInstanceOf(Refused.class);
        taken.remove(IpAddress.parse("100.64.0.3"));
        taken.remove(IpAddress.parse("fd7a:115c:a1e0:ab12:4843:cd96:6240:3"));
        assertThat(pool.next(taken::contains).ipv4()).hasToString("100.64.0.3");
    }

    @Test
    void aFreedAddressComesBackLate() throws Exception {
        AddressPool pool = pool("100.64.0.0/10", "fd7a:115c:a1e0::/48");
        assertThat(pool.next(any -> false).ipv4()).hasToString("100.64.0.1");
        assertThat(pool.next(any -> false).ipv4()).hasToString("100.64.0.2");
        pool.startAfter(IpAddress.parse("100.64.1.255"));
        assertThat(pool.next(any -> false).ipv4()).hasToString("100.64.2.0");
    }

    @Test
    void reservedRangesAreLeftOut() throws Exception {
        AddressPool pool = pool("100.64.0.0/10", "fd7a:115c:a1e0::/48");
        pool.startAfter(IpAddress.parse("100.100.99.255"));
        assertThat(pool.next(any -> false).ipv4()).hasToString("100.100.101.0");
        pool.startAfter(IpAddress.parse("100.115.91.255"));
        assertThat(pool.next(any -> false).ipv4()).hasToString("100.115.94.0");
        AddressPool other = pool("100.64.0.0/29", "fd7a:115c:a1e0:b1a::/64");
        assertThatThrownBy(() -> other.next(any -> false)).isInstanceOf(Refused.class);
        AddressPool own = pool("100.64.0.0/10", "fd7a:115c:a1e0:7::/64");
        assertThat(own.next(any -> false).ipv6()).hasToString("fd7a:115c:a1e0:7::40:1");
    }

    @Test
    void aPoolOutsideTheTailnetsRangeIsRefused() {
        TailnetSettings settings = TailnetSettings.of("https://vpn.example.com/", "tail.example");
        assertThat(settings.serverUrl()).isEqualTo("https://vpn.example.com");
        assertThatThrownBy(() -> settings.withPools(prefix("10.0.0.0/8"), settings.ipv6()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> settings.withPools(settings.ipv4(), prefix("fd7a:115c:a1e0::/112")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.withPools(settings.ipv4(), prefix("fd00::/48")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theServerMustNotBeBelowItsOwnDomain() {
        for (String url :
                new String[] {"https://tail.example", "https://vpn.TAIL.example:8443", "ftp://x"}) {
            assertThatThrownBy(() -> TailnetSettings.of(url, "tail.example"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static AddressPool pool(String ipv4, String ipv6) {
        return new AddressPool(prefix(ipv4), prefix(ipv6));
    }

    private static IpPrefix prefix(String text) {
        try {
            return IpPrefix.parse(text);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
