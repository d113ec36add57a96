package dev.remora.io.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.base.IpPort;
import dev.remora.crypto.Aead;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import dev.remora.io.control.ControlState.NeedsLogin;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import dev.remora.proto.control.EndpointType;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.HostInfoBuilder;
import dev.remora.proto.control.NetInfo;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The conversation with a real headscale 0.29.0.
@Tag("host")
class HeadscaleTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir static Path folder;

    private static Headscale headscale;
    private static EngineLoop loop;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeAll
    static void startHeadscale() throws Exception {
        Optional<Path> binary = Headscale.binary();
        assumeTrue(binary.isPresent(), "headscale is not installed: run lab/peers/install.sh");
        headscale = Headscale.start(binary.get(), folder);
        loop = EngineLoop.start("test-control");
    }

    @AfterAll
    static void stopHeadscale() throws Exception {
        if (headscale != null) {
            headscale.close();
            loop.closeAndWait();
        }
    }

    @AfterEach
    void closeSessions() throws Exception {
        for (AutoCloseable session : opened) {
            session.close();
        }
    }

    /// A node as far as the server can see it.
    private final class TestNode {
        final RecordingListener listener = new RecordingListener();
        final MachinePrivateKey machine;
        final ControlSession session;

        TestNode(String hostname) {
            this(hostname, MachinePrivateKey.generate(RANDOM), NodeIdentity.NONE);
        }

        TestNode(String hostname, MachinePrivateKey machine, NodeIdentity identity) {
            this.machine = machine;
            HostInfo host =
                    new HostInfoBuilder().hostname(hostname).os("linux").ipnVersion("0.1").build();
            session =
                    new ControlSession(
                            new ControlConfig(
                                    headscale.url(),
                                    machine,
                                    TlsTrust.of(
                                            Optional.of("src/test/resources/tls/ca.pem"),
                                            Optional.of("/no/such/directory")),
                                    HttpProxies.NONE,
                                    Aead.jdk(),
                                    ControlConfig.CAPABILITY_VERSION,
                                    ControlConfig.Timing.DEFAULT),
                            identity,
                            new SelfReport(
                                    host,
                                    Optional.empty(),
                                    List.of(),
                                    DiscoPrivateKey.generate(RANDOM).publicKey()),
                            listener,
                            loop,
                            RANDOM,
                            InstantSource.system());
            opened.add(session);
        }

        NetMap connect() throws Exception {
            session.login(LoginOptions.withAuthKey(headscale.authKey("--reusable")));
            listener.awaitState(ControlState.Connected.class);
            return listener.awaitMap(map -> true);
        }
    }

    @Test
    void registersWithAnAuthKeyAndGetsAMap() throws Exception {
        TestNode node = new TestNode("first");

        NetMap map = node.connect();

        assertThat(map.self().name()).startsWith("first").endsWith(".lab.test.");
        assertThat(map.self().key())
                .isEqualTo(node.listener.identity().nodeKey().orElseThrow().publicKey());
        assertThat(map.derpMap().all()).hasSize(1);
        assertThat(map.filterRules()).isNotEmpty();
    }

    @Test
    void twoNodesSeeEachOtherWithEndpointsAndHome() throws Exception {
        TestNode one = new TestNode("one");
        TestNode two = new TestNode("two");
        one.connect();
        Node self = two.connect().self();
        IpPort endpoint = IpPort.parse("192.0.2.7:41641");

        two.session.updateEndpoints(
                List.of(new SelfReport.ReportedEndpoint(endpoint, EndpointType.LOCAL)));
        two.session.updateNetInfo(
                new NetInfo(
                        null, null, null, true, null, null, null, null, null, 999, null, null,
                        null));

        NetMap map =
                one.listener.awaitMap(m ->
                        m.peers()
                                .get(self.id())
                                .filter(p -> p.endpoints().contains(endpoint))
                                .filter(p -> p.homeDerp().isPresent())
                                .isPresent());
        Node peer = map.peers().get(self.id()).orElseThrow();
        assertThat(peer.key()).isEqualTo(self.key());
        assertThat(peer.addresses()).isEqualTo(self.addresses());
        assertThat(peer.discoKey()).isPresent();
    }

    @Test
    void comesBackAsTheSameNodeAfterARestartWithoutAnAuthKey() throws Exception {
        TestNode before = new TestNode("again");
        Node self = before.connect().self();
        before.session.close();

        TestNode after = new TestNode("again", before.machine, before.listener.identity());
        after.session.login(LoginOptions.RESUME);

        after.listener.awaitState(ControlState.Connected.class);
        assertThat(after.listener.awaitMap(map -> true).self().addresses())
                .isEqualTo(self.addresses());
    }

    @Test
    void aWrongAuthKeyIsSaidOnceAndNotRetriedAtOnce() throws Exception {
        TestNode node = new TestNode("wrong");

        node.session.login(LoginOptions.withAuthKey("hskey-auth-nobodyknows-" + "x".repeat(64)));

        ControlState.Failed failed = node.listener.awaitSeen(ControlState.Failed.class);
        assertThat(failed.reason()).isEqualTo(Reason.AUTH_KEY_INVALID);
        assertThat(failed.sentence()).contains("The auth key is not valid");
        assertThat(failed.nextTryAt().orElseThrow())
                .isAfter(InstantSource.system().instant().plusSeconds(5));

        node.session.login(LoginOptions.withAuthKey(headscale.authKey("--reusable")));
        node.listener.awaitState(ControlState.Connected.class);
    }

    @Test
    void aUsedAuthKeyIsSaidToBeUsed() throws Exception {
        String once = headscale.authKey();
        TestNode first = new TestNode("lucky");
        first.session.login(LoginOptions.withAuthKey(once));
        first.listener.awaitState(ControlState.Connected.class);
        TestNode second = new TestNode("late");

        second.session.login(LoginOptions.withAuthKey(once));

        assertThat(second.listener.awaitSeen(ControlState.Failed.class).reason())
                .isEqualTo(Reason.AUTH_KEY_USED);
    }

    @Test
    void anExpiredAuthKeyIsSaidToBeExpired() throws Exception {
        String brief = headscale.authKey("-e", "1s");
        TimeUnit.MILLISECONDS.sleep(1100); // the server's clock cannot be turned
        TestNode node = new TestNode("late");

        node.session.login(LoginOptions.withAuthKey(brief));

        assertThat(node.listener.awaitSeen(ControlState.Failed.class).reason())
                .isEqualTo(Reason.AUTH_KEY_EXPIRED);
    }

    @Test
    void waitsForAPersonToApproveTheLogin() throws Exception {
        TestNode node = new TestNode("asking");
        node.session.login(LoginOptions.RESUME);

        NeedsLogin needs = node.listener.awaitSeen(NeedsLogin.class, s -> s.url().isPresent());
        String url = needs.url().orElseThrow();
        assertThat(url).startsWith(headscale.url() + "/register/");
        headscale.run(
                "auth",
                "register",
                "--auth-id",
                url.substring(url.lastIndexOf('/') + 1),
                "-u",
                "u");

        node.listener.awaitState(ControlState.Connected.class);
        assertThat(needs.why()).isEqualTo(NeedsLogin.Why.NEW);
    }

    @Test
    void logsOut() throws Exception {
        TestNode stays = new TestNode("stays");
        TestNode leaves = new TestNode("leaves");
        stays.connect();
        Node self = leaves.connect().self();
        stays.listener.awaitMap(map -> map.peers().get(self.id()).isPresent());

        leaves.session.logout().get(10, TimeUnit.SECONDS);

        assertThat(leaves.listener.awaitSeen(NeedsLogin.class).why())
                .isEqualTo(NeedsLogin.Why.LOGGED_OUT);
        assertThat(leaves.listener.identity()).isEqualTo(NodeIdentity.NONE);
        stays.listener.awaitMap(
                map -> map.peers().get(self.id()).filter(peer -> !peer.expired()).isEmpty());
    }

    @Test
    void noticesThatItWasDeletedAndComesBackWithItsAuthKey() throws Exception {
        TestNode node = new TestNode("deleted");
        Node self = node.connect().self();

        headscale.run("nodes", "delete", "--identifier", self.id().toString(), "--force");
        node.session.updateEndpoints(
                List.of(
                        new SelfReport.ReportedEndpoint(
                                IpPort.parse("192.0.2.9:1"), EndpointType.LOCAL)));

        NetMap map = node.listener.awaitMap(m -> !m.self().id().equals(self.id()));
        assertThat(map.self().name()).contains("deleted");
        assertThat(node.listener.states())
                .anyMatch(
                        s -> s instanceof ControlState.Failed f && f.reason() == Reason.NODE_GONE);
    }

    @Test
    void anEndedKeyIsReplacedByANewOne() throws Exception {
        TestNode node = new TestNode("expiring");
        Node self = node.connect().self();

        headscale.run("nodes", "expire", "--identifier", self.id().toString());

        NetMap map = node.listener.awaitMap(m -> !m.self().key().equals(self.key()));
        assertThat(map.self().id()).isEqualTo(self.id());
        node.listener.awaitState(ControlState.Connected.class);
        assertThat(node.listener.identity().oldNodeKey().orElseThrow().publicKey())
                .isEqualTo(self.key());
    }

    @Test
    void survivesARestartOfTheServer() throws Exception {
        TestNode node = new TestNode("patient");
        node.connect();

        headscale.restart();

        node.listener.awaitState(ControlState.Connected.class);
    }
}
