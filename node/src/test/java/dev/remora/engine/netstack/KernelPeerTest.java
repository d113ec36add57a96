package dev.remora.engine.netstack;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.base.IpPort;
import dev.remora.proto.tcp.TcpEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Our stack against the Linux kernel's, which does not know that we are not one.
@Tag("host")
class KernelPeerTest {
    private static final Link.Model LOSSY =
            new Link.Model(
                    MICROSECONDS.toNanos(5_000), 0, 0.01, 0.002, 0.005, 0, 50_000_000, 500_000);

    /// Sends back what comes, and ends when the peer does.
    private static final class Echo implements StreamHandler {
        private final KernelHost host;
        private final ByteBuffer waiting = ByteBuffer.allocate(256 * 1024);
        private final List<TcpEvent> events = new ArrayList<>();
        private boolean finished;

        Echo(KernelHost host) {
            this.host = host;
        }

        @Override
        public void onPayload(TcpStream stream, ByteBuffer payload) {
            int length = Math.min(payload.remaining(), waiting.remaining());
            waiting.put(payload.slice(payload.position(), length));
            payload.position(payload.position() + length);
            send(stream); // the stream is busy: it takes nothing now, but says when it does
        }

        @Override
        public void onEvent(TcpStream stream, TcpEvent event) {
            events.add(event);
            finished |= event instanceof TcpEvent.PeerFinished;
            if (event instanceof TcpEvent.Closed) {
                return;
            }
            send(stream);
            stream.resume(host.now());
            if (finished && waiting.position() == 0) {
                stream.close();
            }
        }

        private void send(TcpStream stream) {
            waiting.flip();
            stream.write(waiting, host.now());
            waiting.compact();
        }
    }

    private KernelHost host;

    private void start(Link.Model model) throws IOException, InterruptedException {
        host = new KernelHost(model);
    }

    @BeforeAll
    static void needsRoot() {
        assumeTrue(
                System.getProperty("user.name").equals("root"),
                "needs root for a network namespace");
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        host.close();
    }

    private void serveEcho() {
        host.stack
                .listen(Optional.empty(), 80, request -> request.accept(new Echo(host), host.now()))
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"100.99.0.1", "fd99::1"})
    void theKernelGetsItsMegabytesBack(String server) throws IOException, InterruptedException {
        start(Link.Model.PERFECT);
        serveEcho();

        assertThat(host.talk(echoClient(server, 20_000_000))).isEqualTo("same");
        assertNothingIsLeft();
    }

    @Test
    void alsoOverALinkThatLosesAndReorders() throws IOException, InterruptedException {
        start(LOSSY);
        serveEcho();

        assertThat(host.talk(echoClient("100.99.0.1", 2_000_000))).isEqualTo("same");
        assertNothingIsLeft();
    }

    /// Sends from one thread and reads in another, since an echo that nobody reads stops.
    private static String echoClient(String server, int bytes) {
        return """
        import hashlib, random, socket, threading
        data = random.Random(1).randbytes(%d)
        s = socket.create_connection(('%s', 80), 30)
        def send():
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
        threading.Thread(target=send).start()
        got = hashlib.sha256()
        while True:
            piece = s.recv(65536)
            if not piece: break
            got.update(piece)
        print('same' if got.digest() == hashlib.sha256(data).digest() else 'other')
        """
                .formatted(bytes, server);
    }

    @Test
    void twoThousandConnectionsComeAndGo() throws IOException, InterruptedException {
        start(Link.Model.PERFECT);
        serveEcho();

        String said =
                host.talk(
                        """
                        import socket, threading
                        done = []
                        def one():
                            for i in range(100):
                                s = socket.create_connection(('100.99.0.1', 80), 30)
                                s.sendall(b'hello')
                                s.shutdown(socket.SHUT_WR)
                                if s.makefile('rb').read() == b'hello': done.append(1)
                                s.close()
                        threads = [threading.Thread(target=one) for i in range(20)]
                        for t in threads: t.start()
                        for t in threads: t.join()
                        print(len(done))
                        """);

        assertThat(said).isEqualTo("2000");
        assertNothingIsLeft();
    }

    @Test
    void weConnectToTheKernel() throws IOException, InterruptedException {
        start(LOSSY);
        Process server =
                host.python(
                        """
                        import socket
                        s = socket.create_server(('100.99.0.2', 0))
                        print(s.getsockname()[1], flush=True)
                        c, a = s.accept()
                        n = 0
                        while True:
                            piece = c.recv(65536)
                            if not piece: break
                            n += len(piece)
                        c.sendall(str(n).encode())
                        c.close()
                        """);
        int port = Integer.parseInt(server.inputReader().readLine());
        StringBuilder answer = new StringBuilder();
        List<TcpEvent> events = new ArrayList<>();
        int[] left = {1_000_000};
        StreamHandler sender =
                new StreamHandler() {
                    @Override
                    public void onPayload(TcpStream stream, ByteBuffer payload) {
                        while (payload.hasRemaining()) {
                            answer.append((char) payload.get());
                        }
                    }

                    @Override
                    public void onEvent(TcpStream stream, TcpEvent event) {
                        events.add(event);
                        switch (event) {
                            case TcpEvent.Connected yes -> send(stream);
                            case TcpEvent.Writable yes -> send(stream);
                            case TcpEvent.Readable yes -> stream.resume(host.now());
                            case TcpEvent.PeerFinished yes -> stream.close();
                            case TcpEvent.Closed yes -> {}
                        }
                    }

                    private void send(TcpStream stream) {
                        left[0] -= stream.write(ByteBuffer.allocate(left[0]), host.now());
                        if (left[0] == 0) {
                            stream.shutdownOutput();
                        }
                    }
                };
        host.stack
                .connect(new IpPort(KernelHost.KERNEL, port), KernelHost.KEY, sender, host.now())
                .orElseThrow();

        assertThat(
                        host.work(() ->
                                !events.isEmpty() && events.getLast() instanceof TcpEvent.Closed))
                .isTrue();

        assertThat(answer.toString()).isEqualTo("1000000");
        assertThat(host.stack.stats().streams()).isZero();
    }

    @Test
    void closedPortsRefuse() throws IOException, InterruptedException {
        start(Link.Model.PERFECT);
        host.stack.listen(Optional.empty(), 81, ConnectRequest::refuse).orElseThrow();

        String said =
                host.talk(
                        """
                        import socket
                        for port in (81, 82):
                            try:
                                socket.create_connection(('100.99.0.1', port), 10)
                                print('open', end=' ')
                            except ConnectionRefusedError:
                                print('refused', end=' ')
                        u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                        u.connect(('100.99.0.1', 9))
                        u.settimeout(10)
                        u.send(b'x')
                        try:
                            u.recv(10)
                        except ConnectionRefusedError:
                            print('refused')
                        """);

        assertThat(said).isEqualTo("refused refused refused");
    }

    @Test
    void theKernelsRefusalIsOurs() throws IOException, InterruptedException {
        start(Link.Model.PERFECT);
        Echo nobody = new Echo(host);
        host.stack
                .connect(new IpPort(KernelHost.KERNEL_V6, 9), KernelHost.KEY, nobody, host.now())
                .orElseThrow();

        assertThat(host.work(() -> !nobody.events.isEmpty())).isTrue();

        assertThat(nobody.events)
                .containsExactly(new TcpEvent.Closed(TcpEvent.Reason.REFUSED, Optional.empty()));
    }

    @Test
    void largeDatagramsTravelInFragmentsBothWays() throws IOException, InterruptedException {
        start(Link.Model.PERFECT);
        UdpHandler echo = (port, from, to, payload) -> port.send(to, from, payload);
        host.stack.bind(Optional.empty(), 7, echo).orElseThrow();

        String said =
                host.talk(
                        """
                        import random, socket
                        for family, server in ((socket.AF_INET, '100.99.0.1'), (socket.AF_INET6, 'fd99::1')):
                            u = socket.socket(family, socket.SOCK_DGRAM)
                            u.settimeout(10)
                            for size in (0, 1, 1252, 1253, 9000):
                                data = random.Random(size).randbytes(size)
                                u.sendto(data, (server, 7))
                                print(u.recv(65536) == data, end=' ')
                        """);

        assertThat(said).isEqualTo("True ".repeat(10).strip());
    }

    @Test
    void pingsAreAnswered() throws IOException, InterruptedException {
        start(Link.Model.PERFECT);

        String said =
                host.talk(
                        """
                        import subprocess
                        for server in ('100.99.0.1', 'fd99::1'):
                            for size in ('1', '56', '1200', '3001'):
                                print(subprocess.run(['ping', '-c', '2', '-i', '0.01', '-W', '5', '-s', size, server],
                                                     stdout=subprocess.DEVNULL).returncode, end=' ')
                        """);

        assertThat(said).isEqualTo("0 ".repeat(8).strip());
    }

    private void assertNothingIsLeft() {
        assertThat(host.work(() -> host.stack.stats().streams() == 0)).isTrue();
        NetStackStats stats = host.stack.stats();
        assertThat(stats.requests()).isZero();
        assertThat(stats.halfOpen()).isZero();
        assertThat(stats.usedBytes()).isZero();
    }
}
