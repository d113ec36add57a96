package dev.remora.io.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lines as Linux 6.12 prints them.
class DefaultRoutesTest {
    private static Optional<DefaultRoutes.Route> v4(String line) {
        return DefaultRoutes.ofV4(line.strip().split("\\s+"));
    }

    private static Optional<DefaultRoutes.Route> v6(String line) {
        return DefaultRoutes.ofV6(line.strip().split("\\s+"));
    }

    @Test
    void readsDefaultRoutesOfBothFamilies() {
        assertThat(v4("eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0"))
                .contains(new DefaultRoutes.Route("eth0", 100));
        assertThat(
                        v6(
                                "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0"))
                .contains(new DefaultRoutes.Route("eth0", 1024));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
                "eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
                "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000080\t0\t0\t0",
                "",
                "eth0"
            })
    void passesOverAllOthersOfIpv4(String line) {
        assertThat(v4(line)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0",
                "00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo",
                "",
                "00000000000000000000000000000000 00"
            })
    void passesOverAllOthersOfIpv6(String line) {
        assertThat(v6(line)).isEmpty();
    }
}
