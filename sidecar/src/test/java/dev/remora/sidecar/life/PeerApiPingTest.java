package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.sidecar.config.JsonTree;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Pings of the kind `peerapi`: the answer beside the recorded one (captures/localapi/running/32-ping-peerapi), with peers that say this or that.
class PeerApiPingTest {
    private static final String BETA = "ping?ip=100.64.0.1&size=0&type=peerapi";

    private TestDaemon daemon;
    private EmbeddedChannel channel;

    @BeforeEach
    void start() throws Exception {
        daemon = new TestDaemon();
        daemon.logIn();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    /// Lets the peer say each of these, one after the other, and go.
    private void peerSays(String... parts) {
        daemon.node.network =
                handler -> {
                    channel = connected(handler);
                    for (String part : parts) {
                        channel.writeInbound(Unpooled.copiedBuffer(part, UTF_8));
                    }
                    channel.finish();
                    return CompletableFuture.completedFuture(channel);
                };
    }

    private static EmbeddedChannel connected(ChannelHandler handler) {
        return new EmbeddedChannel(handler);
    }

    private Map<String, Object> ping(String target) throws Exception {
        return JsonTree.read(daemon.post(target, "").body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK|\r\n\r\n", "HT|TP|/1|.0 404 Not Found\r\n\r\n"})
    void anyHttpAnswerWillDo(String answer) throws Exception {
        peerSays(answer.split("\\|", -1));
        Map<String, Object> result = ping(BETA);
        assertThat(((Number) result.get("LatencySeconds")).doubleValue()).isPositive();
        result.put("LatencySeconds", 0);
        assertThat(JsonTree.compact(result))
                .isEqualTo(
                        "{\"IP\":\"100.64.0.1\",\"NodeIP\":\"100.64.0.1\",\"NodeName\":\"beta.lab.test.\",\"Err\":\"\",\"LatencySeconds\":0,"
                                + "\"Endpoint\":\"\",\"PeerRelay\":\"\",\"DERPRegionID\":0,\"DERPRegionCode\":\"\","
                                + "\"PeerAPIURL\":\"http://100.64.0.1:58436\"}");
        assertThat(daemon.node.connects).isEqualTo(List.of(IpPort.parse("100.64.0.1:58436")));
        ByteBuf request = channel.readOutbound();
        assertThat(request.toString(UTF_8))
                .startsWith("HEAD / HTTP/1.1\r\nHost: 100.64.0.1:58436\r\n");
    }

    @Test
    void whatIsNoAnswerIsSaid() throws Exception {
        peerSays("SSH-2.0-x\r\n");
        assertThat(ping(BETA)).containsEntry("Err", "the peer's PeerAPI speaks no HTTP");
        peerSays("HTTP");
        assertThat(ping(BETA)).containsEntry("Err", "the peer's PeerAPI ended the connection");
        daemon.node.network = new FakeNode().network;
        assertThat(ping(BETA)).containsEntry("Err", "no network");
    }

    @Test
    void whoHasNoPeerApiIsNotAsked() throws Exception {
        assertThat(ping("ping?ip=100.64.0.99&type=peerapi"))
                .containsEntry("Err", "no peer found with Tailscale IP 100.64.0.99");
        assertThat(daemon.node.connects).isEmpty();
    }

    @Test
    void pingsThroughTheTunnelNameTheAddressTheyWentTo() throws Exception {
        String v6 = "ping?ip=fd7a:115c:a1e0::1&type=";
        assertThat(ping(v6 + "ICMP")).containsEntry("NodeIP", "fd7a:115c:a1e0::1");
        assertThat(ping(v6 + "TSMP")).containsEntry("NodeIP", "fd7a:115c:a1e0::1");
        assertThat(ping(v6 + "disco")).containsEntry("NodeIP", "100.64.0.1");
    }
}
