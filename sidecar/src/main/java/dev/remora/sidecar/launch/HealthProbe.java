package dev.remora.sidecar.launch;

import dev.remora.sidecar.cli.DaemonSocket;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// `remora-healthcheck`, which a container's image runs all the time: asks the daemon whether it is ready, with as few classes as that takes, since all of it
/// counts against the container's limit of memory. Where the answer is not a plain yes this becomes `remora healthcheck`, which has the words for it.
public final class HealthProbe {
    private static final byte[] REQUEST =
            """
            GET /localapi/v0/remora/ready?require=ip,backend HTTP/1.1\r
            Host: local-tailscaled.sock\r
            Connection: close\r
            \r
            """
                    .getBytes(StandardCharsets.US_ASCII);

    private static final String YES = "HTTP/1.1 200 ";

    /// Names the launcher of the command line, in a container.
    private static final String COMMAND = "remora.launcher.command";

    /// The launcher's other name, by which health checks of the official image's users call it.
    private static final String PAGE_PROBE = "/wget";

    private HealthProbe() {}

    public static void main(String[] args) throws IOException {
        if (System.getProperty(COMMAND) != null) {
            Expendable.become();
        }
        if (args.length > 0 && args[0].endsWith(PAGE_PROBE)) {
            List<String> words = List.of(args).subList(1, args.length);
            System.exit(PageProbe.run(words, System.out, System.err));
        }
        if (isReady(DaemonSocket.now(), Duration.ofSeconds(5))) {
            System.out.println("ready");
            return;
        }
        String command = System.getProperty(COMMAND);
        if (command != null) {
            Exec.become(command, List.of("healthcheck"));
        }
        System.exit(1);
    }

    static boolean isReady(Path socket, Duration patience) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            closeAfter(patience, channel);
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(REQUEST)); // far less than the socket's buffer
            ByteBuffer answer = ByteBuffer.allocate(YES.length());
            while (answer.hasRemaining() && channel.read(answer) >= 0) {
                continue;
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII)
                    .equals(YES);
        } catch (IOException e) {
            return false;
        }
    }

    /// A blocking channel has no time-out of its own.
    private static void closeAfter(Duration patience, SocketChannel channel) {
        Thread watchdog =
                new Thread(
                        () -> {
                            try {
                                Thread.sleep(patience);
                                channel.close();
                            } catch (InterruptedException | IOException e) {
                                return; // nobody waits any more
                            }
                        },
                        "watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
    }
}
