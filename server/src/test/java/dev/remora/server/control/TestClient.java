package dev.remora.server.control;

import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.proto.noise.NoiseHandshake;
import dev.remora.proto.noise.NoiseTransport;
import dev.remora.server.control.InnerFrames.Frame;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A node's side of the transport, frame by frame, so that a test may send what no client would.
final class TestClient implements AutoCloseable {
    static final int VERSION = 131;

    private static final byte ACK = 1;
    private static final byte END_STREAM = 1;
    private static final int PATIENCE_MS = 30_000;

    final MachinePrivateKey machine;
    final String early;
    private final AutoCloseable line;
    private final InnerFrames frames;
    private final Map<Integer, Http2Headers> heads = new HashMap<>();

    /// What a request was answered with.
    record Answer(int status, String body, Http2Headers headers) {}

    TestClient(InetSocketAddress server, MachineKey key, MachinePrivateKey machine, int version)
            throws IOException, MalformedException {
        this.machine = machine;
        NoiseHandshake handshake = handshake(version, machine, key);
        Socket socket = new Socket(server.getAddress(), server.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        this.line = socket;
        OutputStream out = socket.getOutputStream();
        out.write(InnerFrames.upgrade(handshake.initiation()));
        String head = readHead(socket);
        if (!head.startsWith("HTTP/1.1 101")) {
            throw new IOException(head);
        }
        this.frames = finish(handshake, socket.getInputStream(), out);
        this.early = frames.readEarly();
    }

    private TestClient(MachinePrivateKey machine, NoiseHandshake handshake, WebSocketLine line)
            throws IOException, MalformedException {
        this.machine = machine;
        this.line = line;
        this.frames = finish(handshake, line.in(), line.out());
        this.early = frames.readEarly();
    }

    /// As a client in a browser connects.
    static TestClient byWebSocket(InetSocketAddress server, MachineKey key)
            throws IOException, MalformedException {
        MachinePrivateKey machine = MachinePrivateKey.generate(new SecureRandom());
        NoiseHandshake handshake = handshake(VERSION, machine, key);
        String base64 = Base64.getEncoder().encodeToString(handshake.initiation());
        String query = Ts2021.HANDSHAKE + "=" + URLEncoder.encode(base64, StandardCharsets.UTF_8);
        URI uri = URI.create("ws://127.0.0.1:" + server.getPort() + "/ts2021?" + query);
        return new TestClient(machine, handshake, new WebSocketLine(uri, Ts2021.PROTOCOL));
    }

    private static NoiseHandshake handshake(int version, MachinePrivateKey machine, MachineKey key)
            throws MalformedException {
        return NoiseHandshake.start(version, machine, key, new SecureRandom(), Aead.jdk());
    }

    private static InnerFrames finish(NoiseHandshake handshake, InputStream in, OutputStream out)
            throws IOException, MalformedException {
        byte[] response = in.readNBytes(NoiseHandshake.RESPONSE_LENGTH);
        NoiseTransport noise =
                handshake.finish(ByteBuffer.wrap(response)).orElseThrow(EOFException::new);
        return new InnerFrames(in, out::write, noise);
    }

    TestClient(InetSocketAddress server, MachineKey key) throws IOException, MalformedException {
        this(server, key, MachinePrivateKey.generate(new SecureRandom()), VERSION);
    }

    /// The head of an HTTP/1.1 answer, byte by byte, so that nothing behind it is taken.
    static String readHead(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new EOFException("closed after: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /// The client's first words in HTTP/2.
    TestClient begin() throws IOException {
        send(ByteBufUtil.getBytes(Http2CodecUtil.connectionPrefaceBuf()));
        frame(Http2FrameTypes.SETTINGS, 0, 0);
        frame(Http2FrameTypes.SETTINGS, ACK, 0);
        return this;
    }

    void send(byte... bytes) throws IOException {
        frames.send(bytes);
    }

    void frame(int type, int flags, int stream, byte... payload) throws IOException {
        frames.frame(type, flags, stream, payload);
    }

    /// Sends a whole request and says on which stream.
    int request(String method, String path, String body) throws IOException {
        int stream = head(method, path, body.isEmpty());
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at += Http2CodecUtil.DEFAULT_MAX_FRAME_SIZE) {
            int end = Math.min(bytes.length, at + Http2CodecUtil.DEFAULT_MAX_FRAME_SIZE);
            byte[] piece = Arrays.copyOfRange(bytes, at, end);
            frame(Http2FrameTypes.DATA, end == bytes.length ? END_STREAM : 0, stream, piece);
        }
        return stream;
    }

    /// Sends the head of a request.
    int head(String method, String path, boolean end) throws IOException {
        return frames.head(method, path, end);
    }

    void reset(int stream) throws IOException {
        frame(Http2FrameTypes.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}); // cancel
    }

    void window(int stream, int more) throws IOException {
        frames.window(stream, more);
    }

    Answer ask(String method, String path, String body) throws IOException {
        return answer(request(method, path, body));
    }

    /// Reads until the answer is whole, giving the server room for more.
    Answer answer(int stream) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            Frame frame = read();
            if (frame.stream() != stream) {
                continue;
            }
            switch (frame.type()) {
                case Http2FrameTypes.DATA -> {
                    body.writeBytes(frame.payload());
                    give(frame);
                }
                case Http2FrameTypes.RST_STREAM -> throw new EOFException("stream was reset");
                default -> {}
            }
            if (frame.ends()) {
                Http2Headers headers = heads.getOrDefault(stream, new DefaultHttp2Headers());
                int status = Integer.parseInt(headers.status().toString());
                return new Answer(status, body.toString(StandardCharsets.UTF_8), headers);
            }
        }
    }

    private void give(Frame data) throws IOException {
        if (data.payload().length > 0) {
            window(0, data.payload().length);
            if (!data.ends()) {
                window(data.stream(), data.payload().length);
            }
        }
    }

    /// The next frame of a kind, on whichever stream; others are passed over.
    Frame next(int type) throws IOException {
        while (true) {
            Frame frame = read();
            if (frame.type() == type) {
                return frame;
            }
        }
    }

    Frame read() throws IOException {
        Frame frame = frames.read();
        if (frame.type() == Http2FrameTypes.HEADERS) {
            heads.put(frame.stream(), frames.headers(frame));
        }
        return frame;
    }

    /// Waits until the server has ended the connection.
    Optional<String> awaitEnd() throws IOException {
        try {
            while (true) {
                read();
            }
        } catch (EOFException | SocketException e) {
            return Optional.ofNullable(e.getMessage());
        }
    }

    @Override
    public void close() throws Exception {
        line.close();
    }
}
