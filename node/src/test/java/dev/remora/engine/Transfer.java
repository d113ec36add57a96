package dev.remora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.engine.netstack.ConnectRequest;
import dev.remora.engine.netstack.StreamHandler;
import dev.remora.engine.netstack.TcpStream;
import dev.remora.proto.tcp.TcpEvent;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;

/// One client that downloads random bytes from a served port and checks them.
final class Transfer {
    private final SimTailnet tailnet;
    private final int size;
    private final CRC32 sent = new CRC32();
    private final CRC32 got = new CRC32();
    private int received;
    private boolean ended;

    Transfer(SimTailnet tailnet, SimNode client, SimNode server, int port, int size, long seed) {
        this(tailnet, client, server, address(server), port, size, seed);
    }

    private static IpAddress address(SimNode server) {
        return server.engine.netMap().orElseThrow().self().ipv4().orElseThrow();
    }

    /// @param to where the client knows the server
    /// @param port where the server listens, another one for each transfer
    Transfer(
            SimTailnet tailnet,
            SimNode client,
            SimNode server,
            IpAddress to,
            int port,
            int size,
            long seed) {
        this.tailnet = tailnet;
        this.size = size;
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        sent.update(bytes);
        server.engine
                .stack()
                .listen(
                        Optional.empty(),
                        port,
                        request -> serve(request, server, ByteBuffer.wrap(bytes)));
        client.engine
                .stack()
                .connect(new IpPort(to, port), server.key(), new Download(client), client.now());
        client.finish();
    }

    private void serve(ConnectRequest request, SimNode server, ByteBuffer bytes) {
        request.accept(
                new StreamHandler() {
                    @Override
                    public void onPayload(TcpStream stream, ByteBuffer payload) {}

                    @Override
                    public void onEvent(TcpStream stream, TcpEvent event) {
                        if (event instanceof TcpEvent.Connected
                                || event instanceof TcpEvent.Writable) {
                            stream.write(bytes, server.now());
                            if (!bytes.hasRemaining()) {
                                stream.shutdownOutput();
                            }
                        } else if (event instanceof TcpEvent.PeerFinished) {
                            stream.close();
                        }
                    }
                },
                server.now());
    }

    private final class Download implements StreamHandler {
        private final SimNode client;

        Download(SimNode client) {
            this.client = client;
        }

        @Override
        public void onPayload(TcpStream stream, ByteBuffer payload) {
            received += payload.remaining();
            got.update(payload);
        }

        @Override
        public void onEvent(TcpStream stream, TcpEvent event) {
            switch (event) {
                case TcpEvent.PeerFinished _ -> {
                    ended = true;
                    stream.close();
                }
                case TcpEvent.Closed closed ->
                        assertThat(closed.reason()).isEqualTo(TcpEvent.Reason.FINISHED);
                default -> {}
            }
        }
    }

    int received() {
        return received;
    }

    /// Lets time pass until everything is there, and as it was sent.
    void finish(long until) {
        tailnet.network.runUntil(() -> ended, until);
        assertThat(received).isEqualTo(size);
        assertThat(ended).isTrue();
        assertThat(got.getValue()).isEqualTo(sent.getValue());
    }
}
