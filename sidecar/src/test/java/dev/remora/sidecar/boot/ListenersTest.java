package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.sidecar.serve.AppAddress;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListenersTest {
    @Test
    void areThoseOfTheKernel() throws Exception {
        try (ServerSocket app = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(Listeners.here().take(at("localhost", app.getLocalPort()))).isTrue();
            assertThat(Listeners.here().take(at("127.0.0.2", app.getLocalPort()))).isFalse();
        }
        try (ServerSocket app = new ServerSocket(0)) {
            assertThat(Listeners.here().take(at("localhost", app.getLocalPort()))).isTrue();
        }
    }

    @Test
    void areThoseOfIpv6Too() throws Exception {
        InetAddress loopback = InetAddress.getByName("::1");
        assumeTrue(NetworkInterface.getByInetAddress(loopback) != null, "no IPv6 here");
        try (ServerSocket app = new ServerSocket(0, 1, loopback)) {
            assertThat(Listeners.here().on(app.getLocalPort())).containsExactly(loopback);
        }
    }

    @Test
    void areNotWhatIsSomethingElse() {
        List<String> lines =
                List.of(
                        "  sl  local_address rem_address   st tx_queue rx_queue",
                        "   0: 0100007F:1388 0100007F:D2F0 01 00000000:00000000",
                        "   1: 0100007:1388 00000000:0000 0A",
                        "   2: 0100007F 00000000:0000 0A",
                        "   3: :: : 0A",
                        "");

        assertThat(Listeners.parse(lines).addresses()).isEmpty();
    }

    private static AppAddress at(String host, int port) {
        return new AppAddress(host, port);
    }
}
