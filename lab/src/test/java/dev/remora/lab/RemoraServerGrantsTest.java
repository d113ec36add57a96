package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.apps.Curl;
import dev.remora.lab.net.NatBox;
import dev.remora.lab.peers.AuthKeyRequest;
import dev.remora.lab.peers.RemoraControl;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What real nodes do with what a policy grants beyond packets. `desk` and `shelf` are alice's, behind routers that keep them
/// from each other, `helper` is bob's.
@Tag("host")
@ExtendWith(LabExtension.class)
class RemoraServerGrantsTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration AT_ONCE = Duration.ofSeconds(2);
    private static final int RELAY_PORT = 40_000;
    private static final String POLICY =
            """
            {"nodeAttrs": [{"target": ["bob@"], "attr": ["drive:share"]},
                           {"target": ["alice@"], "attr": ["drive:access"]}],
             "grants": [
               {"src": ["*"], "dst": ["*"], "ip": ["*"]},
               {"src": ["alice@"], "dst": ["bob@"], "app": {
                 "tailscale.com/cap/relay": [{}],
                 "tailscale.com/cap/drive": [{"shares": ["letters"], "access": "ro"}]}}]}
            """;

    private static Tailscaled desk;
    private static Tailscaled shelf;
    private static Tailscaled helper;

    @BeforeAll
    static void start(Lab lab) {
        RemoraControl control = RemoraControl.start(lab.host("ctl"), lab.authority());
        control.policy(POLICY);
        NatBox office = lab.nat("office", NatBox.Mapping.ENDPOINT_DEPENDENT);
        NatBox home = lab.nat("home", NatBox.Mapping.ENDPOINT_DEPENDENT);
        desk = lab.tailscaled(office.host("desk"), Tailscaled.Mode.TUN);
        shelf = lab.tailscaled(home.host("shelf"), Tailscaled.Mode.USERSPACE);
        helper = lab.tailscaled(lab.host("helper"), Tailscaled.Mode.USERSPACE);
        desk.up(control, AuthKeyRequest.forUser("alice"));
        shelf.up(control, AuthKeyRequest.forUser("alice"));
        helper.up(control, AuthKeyRequest.forUser("bob"));
    }

    @Test
    void aPeerRelaysForWhomThePolicySays() {
        helper.cli("set", "--relay-server-port=" + RELAY_PORT).orThrow();

        Await.until(
                "a pong through the helper",
                SOON,
                () ->
                        desk.cli("ping", "--c=1", "--timeout=2s", "shelf")
                                .output()
                                .contains("via peer-relay(" + helper.host().ip4()));
    }

    @Test
    void aFolderIsReadByWhomThePolicyLetsReadIt() throws IOException {
        for (String folder : new String[] {"letters", "diaries"}) {
            Path shared = helper.host().folder(folder);
            Files.writeString(shared.resolve("first.txt"), "dear reader");
            helper.cli("drive", "share", folder, shared.toString()).orThrow();
        }

        Await.until("the letters to be there", SOON, () -> read("letters").equals("dear reader"));
        assertThat(read("diaries")).doesNotContain("dear reader");
    }

    private static String read(String folder) {
        String url = "http://100.100.100.100:8080/lab.test/helper/" + folder + "/first.txt";
        return new Curl(desk.host()).get(url, AT_ONCE).body();
    }
}
