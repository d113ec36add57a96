package dev.remora.lab.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.remora.crypto.Blake2s;
import dev.remora.crypto.NodeKey;
import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.net.Host;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.TailnetDaemon;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.JavaProgram;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabProcess;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A node that is flooded with handshakes answers each with a cookie, and goes on with those only who bring it back (WireGuard, §5.4.7): both kinds of node
/// get through to each other all the same.
@Tag("host")
@ExtendWith(LabExtension.class)
class CookieTest {
    /// A handshake that was answered by a cookie is begun again after five seconds.
    private static final Duration SOON = Duration.ofSeconds(20);

    /// Ours reckons with some hundred handshakes a second, the real one with what its queue holds.
    private static final int MORE_THAN_OURS_LIKES = 3_000;

    private static final int MORE_THAN_IT_CAN_TAKE = 60_000;
    private static final int DIFFERENT = 64;

    private static final AtomicInteger floods = new AtomicInteger();
    private static Tailscaled real;
    private static RemoraDaemon ours;
    private static Host stranger;

    @BeforeAll
    static void start(Lab lab) {
        Headscale headscale = lab.headscale();
        real = lab.tailscaled(lab.host("real"), Tailscaled.Mode.USERSPACE);
        ours = lab.remora(lab.host("ours"));
        stranger = lab.host("stranger");
        real.up(headscale);
        ours.up(headscale);
        Ways.awaitDirect(ours, real);
    }

    @Test
    void ourNodeBringsTheCookieOfARealOneUnderLoad() throws Exception {
        meetsUnderLoad(ours, real, MORE_THAN_IT_CAN_TAKE);
    }

    @Test
    void aRealNodeBringsTheCookieOfOursUnderLoad() throws Exception {
        meetsUnderLoad(real, ours, MORE_THAN_OURS_LIKES);
    }

    /// A new process has no session, and has to begin one.
    private static void meetsUnderLoad(TailnetDaemon newcomer, TailnetDaemon loaded, int rate)
            throws Exception {
        newcomer.stop();
        String target = loaded.ip4();
        try (LabProcess flood = flood(loaded, rate)) {
            Await.until("cookies of " + loaded, SOON, () -> cookies(flood) > 0);

            newcomer.start();
            Await.until(
                    newcomer + " to reach " + loaded,
                    SOON,
                    () -> newcomer.cli("ping", "--tsmp", "--c=1", "--timeout=8s", target).ok());

            int before = cookies(flood);
            Await.until("more cookies", SOON, () -> cookies(flood) > before);
        }
    }

    private static int cookies(LabProcess flood) {
        return (int) flood.log().lines().filter(line -> line.startsWith("cookies ")).count();
    }

    private static LabProcess flood(TailnetDaemon at, int rate) throws Exception {
        String name = "flood-" + floods.incrementAndGet();
        Path file = stranger.folder(name).resolve("messages");
        NodeKey key = NodeKey.parse(at.status().at("Self").at("PublicKey").text());
        Files.write(file, messages(key));
        String address =
                at.status()
                        .at("Self")
                        .at("Addrs")
                        .each()
                        .map(Json::text)
                        .filter(text -> text.startsWith(at.host().ip4() + ":"))
                        .findFirst()
                        .orElseThrow();
        List<String> arguments =
                List.of(
                        file.toString(),
                        at.host().ip4(),
                        address.substring(address.indexOf(':') + 1),
                        Integer.toString(rate));
        return stranger.start(
                name, Map.of(), JavaProgram.small(HandshakeFloodMain.class, arguments));
    }

    /// First messages of handshakes with nothing right but their MAC1, which is all that is looked at under load:
    ///
    ///     0     4         8           116     132     148
    ///     | 1   | sender  | anything  | MAC1  | MAC2 0 |
    private static byte[] messages(NodeKey responder) {
        byte[] label = "mac1----".getBytes(US_ASCII);
        byte[] key = Blake2s.hash(label, responder.bytes().toBytes());
        Random random = new Random(1);
        ByteBuffer all = ByteBuffer.allocate(DIFFERENT * HandshakeFloodMain.INITIATION);
        for (int i = 0; i < DIFFERENT; i++) {
            byte[] head = new byte[116];
            random.nextBytes(head);
            ByteBuffer.wrap(head).putInt(0x01000000);
            all.put(head).put(Blake2s.mac16(key, head)).put(new byte[16]);
        }
        return all.array();
    }
}
