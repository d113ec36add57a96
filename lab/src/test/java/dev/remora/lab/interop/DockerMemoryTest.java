package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.UsesDocker;
import dev.remora.lab.apps.TcpClient;
import dev.remora.lab.docker.ComposeStack;
import dev.remora.lab.docker.DockerContainer;
import dev.remora.lab.docker.DockerImage;
import dev.remora.lab.run.Await;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A sidecar with little memory: it takes on what it can, refuses the rest, and is not ended by the kernel.
@UsesDocker
class DockerMemoryTest {
    private static final String LIMITED =
            """
            mem_limit: %1$dm
            memswap_limit: %1$dm
            environment:
              - TS_HOSTNAME=small-%1$d
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

    private static Lab lab;
    private static DockerTailnet tailnet;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        tailnet = DockerTailnet.in(lab);
        lab.docker().image(DockerImage.REMORA);
    }

    @AfterAll
    static void clear() {
        lab.docker().clear();
    }

    /// @param limit MiB
    /// @param held connections that stay open while others carry bytes
    /// @param more how many are tried then; 5,000 together
    @ParameterizedTest
    @CsvSource({"128, 2000, 3000", "256, 5000, 0"})
    void takesOnWhatItCanAndRefusesTheRest(int limit, int held, int more) {
        ComposeStack stack =
                lab.docker()
                        .stack(
                                "small" + limit,
                                tailnet.example(tailnet.taggedKey())
                                        .with("remora-sidecar", LIMITED.formatted(limit)));
        stack.up();
        DockerContainer sidecar = stack.container("remora-sidecar");
        DockerContainer app = stack.container("flask-app");
        sidecar.awaitLog("Memory: the limit is " + limit + " MiB; at most ");
        String ip = sidecar.awaitAddresses().getFirst();
        app.exec("sh", "-c", "python3 -c \"$0\" >/dev/null 2>&1 &", ECHO).orThrow();
        TcpClient client = new TcpClient(tailnet.peer().host());
        Await.until("the echo", Ways.SOON, () -> client.echo(ip, 7, 1, 1, 1).allGood());
        try (TcpClient.Transfer _ = client.hold(ip, 7, held)) {
            assertThat(client.echo(ip, 7, 3_000_000, 20, 10).counts()).isEmpty();
            if (more > 0) {
                refusesSome(client.tryHold(ip, 7, more), sidecar, app);
            }
        }
        tailnet.awaitFlask(ip);
        assertThat(sidecar.restarts()).isZero();
        assertThat(sidecar.state().at("OOMKilled").bool()).isFalse();
        stack.down();
    }

    private static void refusesSome(
            TcpClient.Transfer tried, DockerContainer sidecar, DockerContainer app) {
        assertThat(tried.outcome(Duration.ofMinutes(2)).counts())
                .containsKey("SocketTimeoutException: Connect timed out");
        assertThat(app.exec("python3", "-c", METRICS).orThrow().stdout())
                .containsPattern(
                        "inbound_dropped_packets_total\\{reason=\"connection_limit\"} [1-9]");
        sidecar.awaitLog("attempts of peers to connect got no answer");
    }
}
