package dev.remora.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpRangeTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, 10.255.255.255",
        "10.1.2.3/24, 10.1.2.0, 10.1.2.255",
        "0.0.0.0/0, 0.0.0.0, 255.255.255.255",
        "10.0.0.1/32, 10.0.0.1, 10.0.0.1",
        "::/0, ::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fd00::/64, fd00::, fd00::ffff:ffff:ffff:ffff",
        "fd00::/63, fd00::, fd00::1:ffff:ffff:ffff:ffff",
        "fd00::/65, fd00::, fd00::7fff:ffff:ffff:ffff",
    })
    void isAPrefix(String prefix, String first, String last) throws MalformedException {
        IpRange range = IpRange.of(IpPrefix.parse(prefix));
        assertThat(range).isEqualTo(new IpRange(IpAddress.parse(first), IpAddress.parse(last)));
        String text =
                range.first().equals(range.last())
                        ? first
                        : IpPrefix.parse(prefix).masked().toString();
        assertThat(range.text()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.2 10.0.0.1, 10.0.0.1-10.0.0.2",
        "10.0.0.2 10.0.0.3, 10.0.0.2/31",
        "10.0.0.0/25 10.0.0.128/25, 10.0.0.0/24",
        "10.0.0.0/8 10.1.0.0/16 10.2.3.4, 10.0.0.0/8",
        "255.255.255.255 ::, 255.255.255.255 ::",
        "fd00::ffff:ffff:ffff:ffff fd00:0:0:1::, fd00::ffff:ffff:ffff:ffff-fd00:0:0:1::",
        "10.0.0.1 10.0.0.3, 10.0.0.1 10.0.0.3",
        "0.0.0.0/1 128.0.0.0/1, 0.0.0.0/0",
    })
    void isMergedWithItsNeighbours(String ranges, String merged) throws MalformedException {
        List<IpRange> given = new ArrayList<>();
        for (String range : ranges.split(" ")) {
            given.add(IpRange.of(AliasReader.networkOf(range)));
        }
        assertThat(String.join(" ", Sources.texts(given))).isEqualTo(merged);
    }

    @Test
    void theInternetIsAllButWhatIsPrivate() throws MalformedException {
        for (String inside :
                List.of(
                        "0.0.0.0",
                        "8.8.8.8",
                        "100.63.255.255",
                        "100.128.0.0",
                        "172.32.0.1",
                        "2000::",
                        "3fff::1")) {
            IpAddress ip = IpAddress.parse(inside);
            assertThat(Networks.INTERNET).as(inside).filteredOn(p -> p.contains(ip)).hasSize(1);
            assertThat(Networks.isInternet(IpPrefix.single(ip))).as(inside).isTrue();
        }
        for (String outside :
                List.of(
                        "10.0.0.0",
                        "100.64.0.0",
                        "100.127.255.255",
                        "169.254.1.1",
                        "172.31.1.1",
                        "192.168.0.1",
                        "fd7a::1",
                        "4000::")) {
            IpAddress ip = IpAddress.parse(outside);
            assertThat(Networks.INTERNET).as(outside).noneMatch(p -> p.contains(ip));
            assertThat(Networks.isInternet(IpPrefix.single(ip))).as(outside).isFalse();
        }
    }
}
