package dev.remora.io.derp;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.DerpAddress;
import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpNode;
import dev.remora.engine.netmap.DerpRegion;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpServerKey;
import dev.remora.proto.derp.HandshakeFrame;
import dev.remora.proto.derp.ServerDetails;
import dev.remora.proto.derp.ServerHandshake;
import dev.remora.testing.Vectors;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import javax.net.ssl.SSLServerSocket;

/// A relay on loopback that does what a test wants, with blocking sockets of the JDK. It has no extra certificate, so
/// clients take the long way in. A script that ends closes its connection.
final class FakeRelay implements AutoCloseable {
    /// What a real relay said to one of the recorded plain HTTP requests.
    static String recordedAnswer(String name) {
        return Vectors.read("derp/derp.json").list("http").stream()
                .filter(vector -> vector.text("name").equals(name))
                .findFirst()
                .orElseThrow()
                .text("resp");
    }

    /// What is done with each connection.
    interface Script {
        void run(Conversation client) throws IOException, MalformedException, InterruptedException;
    }

    static final NodePrivateKey KEY = NodePrivateKey.generate(new Random(77));

    private final SSLServerSocket server;

    private FakeRelay(SSLServerSocket server) {
        this.server = server;
    }

    static FakeRelay start(Script script) throws IOException {
        JdkSslContext tls =
                (JdkSslContext)
                        SslContextBuilder.forServer(
                                        RealDerper.TLS.resolve("server.pem").toFile(),
                                        RealDerper.TLS.resolve("server.key").toFile())
                                .sslProvider(SslProvider.JDK)
                                .build();
        SSLServerSocket server =
                (SSLServerSocket)
                        tls.context()
                                .getServerSocketFactory()
                                .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        FakeRelay relay = new FakeRelay(server);
        Thread.ofVirtual().start(() -> relay.accept(script));
        return relay;
    }

    private void accept(Script script) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket, script));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket, Script script) {
        try (socket) {
            script.run(new Conversation(socket));
        } catch (IOException | MalformedException | InterruptedException e) {
            return; // the client hung up: what it heard before is what the test looks at
        }
    }

    DerpMap map() {
        DerpNode node =
                new DerpNode(
                        "900a",
                        RealDerper.REGION,
                        RealDerper.HOST,
                        Optional.empty(),
                        new DerpAddress.Fixed(IpAddress.LOOPBACK_V4),
                        new DerpAddress.Off(),
                        OptionalInt.empty(),
                        false,
                        port(),
                        false,
                        Optional.empty(),
                        false);
        DerpRegion region =
                new DerpRegion(RealDerper.REGION, "lab", "Lab", false, false, List.of(node));
        return new DerpMap(Map.of(RealDerper.REGION, region), Map.of(), true);
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /// One connection, from inside TLS on.
    static final class Conversation {
        private static final int NO_LIMIT = 0;

        private final DataInputStream in;
        private final OutputStream out;

        private Conversation(Socket socket) throws IOException {
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }

        String readRequest() throws IOException {
            StringBuilder text = new StringBuilder();
            while (text.indexOf("\r\n\r\n") < 0) {
                text.append((char) in.readByte());
            }
            return text.toString();
        }

        void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void write(DerpFrame frame) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(frame.length());
            frame.writeTo(bytes);
            out.write(bytes.array());
        }

        void write(byte[] bytes) throws IOException {
            out.write(bytes);
        }

        DerpFrame read() throws IOException, MalformedException {
            int type = in.readUnsignedByte();
            byte[] payload = new byte[in.readInt()];
            in.readFully(payload);
            return DerpFrame.parse(type, ByteBuffer.wrap(payload));
        }

        /// Everything up to the relay's answer to the client's introduction.
        void welcome() throws IOException, MalformedException {
            welcome(new ServerDetails(2, NO_LIMIT, NO_LIMIT));
        }

        void welcome(ServerDetails details) throws IOException, MalformedException {
            upgrade();
            var info = (HandshakeFrame.ClientInfo) read();
            ServerHandshake handshake = new ServerHandshake(KEY, info.client());
            handshake.open(info);
            write(handshake.serverInfo(details, new Random(5)));
        }

        /// The answer to the HTTP request and the greeting, in one piece as a proxy may deliver them.
        void upgrade() throws IOException {
            readRequest();
            DerpFrame greeting =
                    new HandshakeFrame.ServerKey(new DerpServerKey(KEY.publicKey().bytes()));
            ByteBuffer both = ByteBuffer.allocate(500);
            both.put(recordedAnswer("upgrade").getBytes(StandardCharsets.US_ASCII));
            greeting.writeTo(both);
            out.write(both.array(), 0, both.position());
        }

        /// Reads and forgets until the client hangs up.
        void idle() throws IOException, MalformedException {
            while (in.read() >= 0) {}
        }
    }
}
