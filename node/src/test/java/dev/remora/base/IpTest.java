package dev.remora.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpTest {
    /// RFC 5952 §4 and §5: what is read, and the one canonical way to write it.
    @ParameterizedTest
    @CsvSource({
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:DB8::ABCD, 2001:db8::abcd",
        "::ffff:192.0.2.1, ::ffff:192.0.2.1",
        "::ffff:c000:201, ::ffff:192.0.2.1",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "100.64.0.1, 100.64.0.1",
        "255.255.255.255, 255.255.255.255",
    })
    void readsAndWritesTheCanonicalForm(String text, String canonical) throws Exception {
        IpAddress ip = IpAddress.parse(text);
        assertThat(ip).hasToString(canonical);
        assertThat(IpAddress.parse(canonical)).isEqualTo(ip);
        assertThat(IpAddress.of(ip.toBytes())).isEqualTo(ip);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "01.2.3.4",
                "256.1.1.1",
                "1.2.3.-4",
                "١.2.3.4",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "12345::",
                "g::",
                "::1%eth0",
                "[::1]",
                "1:2:3:4:5:6:7::8",
                "1.2.3.4::",
                "::1.2.3.4:5",
                "1:2:3:4:5:6:7:1.2.3.4"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> IpAddress.parse(text)).isInstanceOf(MalformedException.class);
    }

    @Test
    void mapsAndUnmapsIpv4() throws Exception {
        ByteBuffer buffer = ByteBuffer.allocate(IpPort.MAPPED_LENGTH);
        IpPort port = IpPort.parse("192.0.2.7:41641");
        port.writeMapped(buffer);
        assertThat(IpPort.readMapped(buffer.flip())).isEqualTo(port);
        assertThat(IpAddress.readV6(buffer.rewind()).toString()).isEqualTo("::ffff:192.0.2.7");
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, false, true, false, false", "172.16.0.1, false, true, false, false",
                "172.32.0.1, false, false, false, false",
        "192.168.9.9, false, true, false, false", "100.64.0.1, false, false, false, false",
                "127.0.0.1, true, false, false, false",
        "169.254.1.1, false, false, true, false", "224.0.0.1, false, false, false, true",
                "::1, true, false, false, false",
        "fd00::1, false, true, false, false", "fe80::1, false, false, true, false",
                "ff02::1, false, false, false, true",
        "2001:db8::1, false, false, false, false",
    })
    void knowsItsRange(
            String text, boolean loopback, boolean privat, boolean linkLocal, boolean multicast)
            throws Exception {
        IpAddress ip = IpAddress.parse(text);
        assertThat(ip.isLoopback()).isEqualTo(loopback);
        assertThat(ip.isPrivate()).isEqualTo(privat);
        assertThat(ip.isLinkLocal()).isEqualTo(linkLocal);
        assertThat(ip.isMulticast()).isEqualTo(multicast);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "0.0.0.0/0, 1.2.3.4, true",
        "0.0.0.0/0, ::1, false",
        "1.2.3.4/32, 1.2.3.4, true",
        "1.2.3.4/32, 1.2.3.5, false",
        "::/0, fd7a::1, true",
        "::/0, 1.2.3.4, false",
        "fd7a:115c:a1e0::/48, fd7a:115c:a1e0:1::1, true",
        "fd7a:115c:a1e0::/48, fd7a:115c:a1e1::1, false",
        "2001:db8::/64, 2001:db8::ffff, true",
        "2001:db8::/65, 2001:db8::8000:0:0:0, false",
        "2001:db8::1/128, 2001:db8::1, true",
        "2001:db8::1/128, 2001:db8::2, false",
        "128.0.0.0/1, 255.0.0.1, true",
    })
    void prefixHoldsItsAddresses(String prefix, String ip, boolean holds) throws Exception {
        assertThat(IpPrefix.parse(prefix).contains(IpAddress.parse(ip))).isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/8, 10.0.0.0/8",
        "1.2.3.4/0, 0.0.0.0/0",
        "2001:db8::1/33, 2001:db8::/33",
        "2001:db8::ff/124, 2001:db8::f0/124",
        "::1/128, ::1/128"
    })
    void maskingClearsHostBits(String text, String masked) throws Exception {
        assertThat(IpPrefix.parse(text).masked()).hasToString(masked);
        assertThat(IpPrefix.parse(masked).isMasked()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/08",
                "::/129",
                "::/",
                "/8"
            })
    void refusesWhatIsNoPrefix(String text) {
        assertThatThrownBy(() -> IpPrefix.parse(text)).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.2.3.4",
                "1.2.3.4:",
                "1.2.3.4:65536",
                "1.2.3.4:+1",
                "[1.2.3.4]:80",
                "::1:80:",
                "2001:db8::1:80",
                ":80"
            })
    void refusesWhatIsNoAddressWithPort(String text) {
        assertThatThrownBy(() -> IpPort.parse(text)).isInstanceOf(MalformedException.class);
    }
}
