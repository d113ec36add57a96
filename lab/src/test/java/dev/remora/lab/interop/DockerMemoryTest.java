package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.apps.TcpClient;
import dev.remora.lab.docker.ComposeStack;
import dev.remora.lab.docker.DockerCondition;
import dev.remora.lab.docker.DockerContainer;
import dev.remora.lab.docker.DockerImage;
import dev.remora.lab.run.Await;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A sidecar with little memory: it takes on what it can, refuses the rest, and is not ended by the kernel.
@Tag("host")
@ExtendWith({LabExtension.class, DockerCondition.class})
class DockerMemoryTest {
    private static final String LIMITED =
            """
            mem_limit: 128m
            memswap_limit: 128m
            environment:
              - TS_HOSTNAME=small
              - TS_ENABLE_METRICS=true
              - REMORA_SERVE=tcp:80=localhost:5000,tcp:7=localhost:7001
            """;

    /// In place of Flask, which would have a thread for each connection.
    private static final String ECHO =
            """
            import asyncio
            async def echo(reader, writer):
                try:
                    while data := await reader.read(65536):
                        writer.write(data)
                        await writer.drain()
                finally:
                    writer.close()
            async def main():
                server = await asyncio.start_server(echo, '127.0.0.1', 7001, backlog=4096)
                await server.serve_forever()
            asyncio.run(main())
            """;

    private static final String METRICS =
            "import urllib.request as u; print(u.urlopen('http://localhost:9002/metrics').read().decode())";

    /// Less than what one peer may have at once with this limit, and more.
    private static final int MANY = 2_000;

    private static final int TOO_MANY = 400;

    private static Lab lab;
    private static DockerTailnet tailnet;
    private static DockerContainer sidecar;
    private static DockerContainer app;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        tailnet = DockerTailnet.in(lab);
        lab.docker().image(DockerImage.REMORA);
        ComposeStack stack =
                lab.docker()
                        .stack(
                                "small",
                                tailnet.example(tailnet.taggedKey())
                                        .with("remora-sidecar", LIMITED));
        stack.up();
        sidecar = stack.container("remora-sidecar");
        app = stack.container("flask-app");
    }

    @AfterAll
    static void clear() {
        lab.docker().clear();
    }

    @Test
    void takesOnWhatItCanAndRefusesTheRest() {
        String ip =
                sidecar.awaitRunning().at("TailscaleIPs").each().findFirst().orElseThrow().text();
        sidecar.awaitLog("Memory: the limit is 128 MiB; at most ");
        String before = sidecar.startedAt();
        app.exec("sh", "-c", "python3 -c \"$0\" >/dev/null 2>&1 &", ECHO).orThrow();
        TcpClient client = new TcpClient(tailnet.peer().host());
        Await.until("the echo", Ways.SOON, () -> client.echo(ip, 7, 1, 1, 1).allGood());
        try (TcpClient.Transfer _ = client.hold(ip, 7, MANY)) {
            assertThat(client.echo(ip, 7, 3_000_000, 20, 10).counts()).isEmpty();
            assertThat(client.tryHold(ip, 7, TOO_MANY).outcome(Duration.ofMinutes(1)).counts())
                    .containsKey("SocketTimeoutException: Connect timed out");
            assertThat(app.exec("python3", "-c", METRICS).orThrow().stdout())
                    .containsPattern(
                            "inbound_dropped_packets_total\\{reason=\"connection_limit\"} [1-9]");
        }
        tailnet.awaitFlask(ip);
        assertThat(sidecar.startedAt()).isEqualTo(before);
        assertThat(sidecar.state().at("OOMKilled").bool()).isFalse();
    }
}
