package dev.remora.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.io.loop.EngineLoop;
import dev.remora.io.udp.LocalAddresses.LocalAddress;
import dev.remora.testing.Packets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which changes of a machine's addresses matter to paths that work.
class HostLinksTest {
    private final EngineLoop loop = EngineLoop.start("test-links");
    private final UdpPorts udp =
            new UdpPorts(loop, 0, (from, datagrams, size) -> {}, () -> {}, () -> {});
    private final FakeMachine machine = new FakeMachine();
    private final HostLinks links = new HostLinks(udp, machine);

    private static final class FakeMachine extends HostLinks.Machine {
        private final List<LocalAddress> addresses =
                new ArrayList<>(List.of(address("lo", "127.0.0.1"), address("eth0", "10.0.0.2")));
        private Set<String> defaultInterfaces = Set.of("eth0");
        private boolean broken;

        @Override
        List<LocalAddress> addresses() throws IOException {
            if (broken) {
                throw new IOException("broken, for this test");
            }
            return List.copyOf(addresses);
        }

        @Override
        Set<String> defaultInterfaces() {
            return defaultInterfaces;
        }
    }

    private static LocalAddress address(String interfaceName, String ip) {
        return new LocalAddress(interfaceName, Packets.ip(ip), 24);
    }

    @BeforeEach
    void start() {
        assertThat(links.look()).isEqualTo(HostLinks.Change.MAJOR);
        assertThat(links.look()).isEqualTo(HostLinks.Change.NONE);
    }

    @AfterEach
    void end() throws Exception {
        loop.closeAndWait();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"fe80::1", "169.254.3.4", "100.64.0.9", "fd7a:115c:a1e0::9", "127.0.0.2"})
    void anAddressThatNoPathDependsOnIsMinor(String ip) {
        machine.addresses.add(address("veth1", ip));
        assertThat(links.look()).isEqualTo(HostLinks.Change.MINOR);
        machine.addresses.removeLast();
        assertThat(links.look()).isEqualTo(HostLinks.Change.MINOR);
        assertThat(links.look()).isEqualTo(HostLinks.Change.NONE);
    }

    @Test
    void anotherAddressIsMajor() {
        machine.addresses.add(address("wlan0", "192.168.1.2"));
        assertThat(links.look()).isEqualTo(HostLinks.Change.MAJOR);
        machine.addresses.remove(1);
        assertThat(links.look()).isEqualTo(HostLinks.Change.MAJOR);
        assertThat(links.addresses()).containsExactly(Packets.ip("192.168.1.2"));
        assertThat(links.sockets().addresses()).hasSize(2);
    }

    @Test
    void anotherWayOutIsMajor() {
        machine.defaultInterfaces = Set.of("wlan0");
        assertThat(links.look()).isEqualTo(HostLinks.Change.MAJOR);
        machine.defaultInterfaces = Set.of();
        assertThat(links.look()).isEqualTo(HostLinks.Change.MAJOR);
    }

    @Test
    void otherPortsAreMajor() throws Exception {
        loop.netty().submit(() -> udp.open(0)).get();
        assertThat(links.look()).isEqualTo(HostLinks.Change.MAJOR);
        assertThat(links.sockets().ipv4Port()).isEqualTo(udp.port(true)).isPositive();
        loop.netty().submit(udp::close).get();
    }

    @Test
    void aMachineThatCannotBeAskedChangesNothing() {
        machine.broken = true;
        assertThat(links.look()).isEqualTo(HostLinks.Change.NONE);
        assertThat(links.addresses()).containsExactly(Packets.ip("10.0.0.2"));
    }
}
