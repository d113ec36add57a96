package dev.remora.engine.path;

import static dev.remora.engine.path.SimTailnet.ip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sim.SimHost;
import dev.remora.sim.SimLink;
import dev.remora.sim.SimNat;
import dev.remora.sim.SimNat.Behaviour;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Where a direct path exists, it is found; where none exists, the relay does.
class PathFindingSimulationTest extends PathSimulation {
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void twoHomesMeetDirectly(long seed) {
        tailnet = new SimTailnet(seed);
        a = tailnet.join(homeHost("203.0.113.1"));
        b = tailnet.join(homeHost("203.0.113.2"));

        talk(2);

        expectDirect();
        expectNothingLost(2);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void twoFirewalledHostsMeetDirectly(long seed) {
        tailnet = new SimTailnet(seed);
        a = tailnet.join(publicHost("198.51.100.1"));
        b = tailnet.join(publicHost("198.51.100.2"));
        a.host.firewall(true);
        b.host.firewall(true);

        talk(30);

        expectDirect();
        expectNothingLost(30);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anOfficeReachesAnOpenHostDirectly(long seed) {
        tailnet = new SimTailnet(seed);
        a = tailnet.join(officeHost("203.0.113.1"));
        b = tailnet.join(publicHost("198.51.100.2"));

        talk(30);

        expectDirect();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anOfficeReachesAHomeThatLooksAtAddressesOnly(long seed) {
        tailnet = new SimTailnet(seed);
        SimNat lenient =
                new SimNat(
                        tailnet.network.internet(),
                        ip("203.0.113.2"),
                        SimLink.millis(5),
                        Behaviour.ENDPOINT_INDEPENDENT,
                        Behaviour.ADDRESS_DEPENDENT);
        a = tailnet.join(officeHost("203.0.113.1"));
        b = tailnet.join(new SimHost("b", lenient.inside(), SimLink.millis(1), ip("192.168.1.2")));

        talk(30);

        expectDirect();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void twoHostsOfOneHomeMeetWithinIt(long seed) {
        tailnet = new SimTailnet(seed);
        SimNat router = home("203.0.113.1");
        a = tailnet.join(new SimHost("a", router.inside(), SimLink.millis(1), ip("192.168.1.2")));
        b = tailnet.join(new SimHost("b", router.inside(), SimLink.millis(1), ip("192.168.1.3")));

        talk(30);

        assertThat(a.directAddress(b)).hasToString("Optional[192.168.1.3:41641]");
        assertThat(b.directAddress(a)).hasToString("Optional[192.168.1.2:41641]");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void ipv6WinsWhereBothFamiliesWork(long seed) {
        tailnet = new SimTailnet(seed);
        a = tailnet.join(publicHost("198.51.100.1", "2001:db8::1"));
        b = tailnet.join(publicHost("198.51.100.2", "2001:db8::2"));

        talk(30);

        assertThat(a.directAddress(b)).hasToString("Optional[[2001:db8::2]:41641]");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void twoOfficesStayOnTheRelay(long seed) {
        tailnet = new SimTailnet(seed);
        a = tailnet.join(officeHost("203.0.113.1"));
        b = tailnet.join(officeHost("203.0.113.2"));

        talk(120);

        assertThat(a.directTo(b)).isFalse();
        assertThat(b.directTo(a)).isFalse();
        expectNothingLost(120);
        expectNoStorm(a, 120);
        expectNoStorm(b, 120);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aHostWithoutUdpStaysOnTheRelay(long seed) {
        tailnet = new SimTailnet(seed);
        a = tailnet.join(publicHost("198.51.100.1"));
        b = tailnet.join(publicHost("198.51.100.2"));
        b.host.blockUdp(true);

        talk(60);

        assertThat(a.directTo(b)).isFalse();
        expectNothingLost(60);
        expectNoStorm(a, 60);
    }
}
