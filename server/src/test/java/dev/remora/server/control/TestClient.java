package dev.remora.server.control;

import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.proto.noise.EarlyPayload;
import dev.remora.proto.noise.NoiseHandshake;
import dev.remora.proto.noise.NoiseTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
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
    private static final byte END_HEADERS = 4;
    private static final int PATIENCE_MS = 30_000;

    final MachinePrivateKey machine;
    final String early;
    private final AutoCloseable line;
    private final InputStream in;
    private final OutputStream out;
    private final NoiseTransport noise;
    private final DefaultHttp2HeadersEncoder hpack = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder unpack = new DefaultHttp2HeadersDecoder();
    private final ByteBuf plain = Unpooled.buffer();
    private final Map<Integer, Http2Headers> heads = new HashMap<>();
    private int nextStream = 1;

    /// A frame as it came.
    record Frame(int type, int flags, int stream, byte[] payload) {
        boolean ends() {
            return (flags & END_STREAM) != 0;
        }
    }

    /// What a request was answered with.
    record Answer(int status, String body, Http2Headers headers) {}

    TestClient(InetSocketAddress server, MachineKey key, MachinePrivateKey machine, int version)
            throws IOException, MalformedException {
        this.machine = machine;
        NoiseHandshake handshake = handshake(version, machine, key);
        Socket socket = new Socket(server.getAddress(), server.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        this.line = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        out.write(upgrade(handshake.initiation()));
        String head = readHead(socket);
        if (!head.startsWith("HTTP/1.1 101")) {
            throw new IOException(head);
        }
        this.noise = finish(handshake);
        this.early = readEarly();
    }

    private TestClient(MachinePrivateKey machine, NoiseHandshake handshake, WebSocketLine line)
            throws IOException, MalformedException {
        this.machine = machine;
        this.line = line;
        this.in = line.in();
        this.out = line.out();
        this.noise = finish(handshake);
        this.early = readEarly();
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

    private NoiseTransport finish(NoiseHandshake handshake) throws IOException, MalformedException {
        byte[] response = in.readNBytes(NoiseHandshake.RESPONSE_LENGTH);
        return handshake.finish(ByteBuffer.wrap(response)).orElseThrow(EOFException::new);
    }

    TestClient(InetSocketAddress server, MachineKey key) throws IOException, MalformedException {
        this(server, key, MachinePrivateKey.generate(new SecureRandom()), VERSION);
    }

    static byte[] upgrade(byte[] initiation) {
        String head =
                "POST /ts2021 HTTP/1.1\r\nHost: unused\r\nUpgrade: tailscale-control-protocol\r\n"
                        + "Connection: upgrade\r\nContent-Length: 0\r\nX-Tailscale-Handshake: "
                        + Base64.getEncoder().encodeToString(initiation)
                        + "\r\n\r\n";
        return head.getBytes(StandardCharsets.US_ASCII);
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

    private String readEarly() throws IOException, MalformedException {
        while (true) {
            readRecord();
            ByteBuffer view = plain.nioBuffer();
            switch (EarlyPayload.read(view)) {
                case EarlyPayload.Incomplete() -> {}
                case EarlyPayload.Absent() -> {
                    return "";
                }
                case EarlyPayload.Present(String json) -> {
                    plain.skipBytes(view.position());
                    return json;
                }
            }
        }
    }

    /// The client's first words in HTTP/2.
    TestClient begin() throws IOException {
        send(ByteBufUtil.getBytes(Http2CodecUtil.connectionPrefaceBuf()));
        frame(Http2FrameTypes.SETTINGS, 0, 0);
        frame(Http2FrameTypes.SETTINGS, ACK, 0);
        return this;
    }

    void send(byte... bytes) throws IOException {
        ByteBuffer sealed = ByteBuffer.allocate(NoiseTransport.sealedLength(bytes.length));
        noise.seal(ByteBuffer.wrap(bytes), sealed);
        out.write(sealed.array());
    }

    void frame(int type, int flags, int stream, byte... payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(Http2CodecUtil.FRAME_HEADER_LENGTH + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        send(frame.put((byte) type).put((byte) flags).putInt(stream).put(payload).array());
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
        int stream = nextStream;
        nextStream += 2;
        Http2Headers headers =
                new DefaultHttp2Headers()
                        .method(method)
                        .path(path)
                        .scheme("https")
                        .authority("unused");
        ByteBuf packed = Unpooled.buffer();
        try {
            hpack.encodeHeaders(stream, headers, packed);
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
        int flags = END_HEADERS | (end ? END_STREAM : 0);
        frame(Http2FrameTypes.HEADERS, flags, stream, ByteBufUtil.getBytes(packed));
        return stream;
    }

    void reset(int stream) throws IOException {
        frame(Http2FrameTypes.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}); // cancel
    }

    void window(int stream, int more) throws IOException {
        frame(
                Http2FrameTypes.WINDOW_UPDATE,
                0,
                stream,
                ByteBuffer.allocate(4).putInt(more).array());
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

    private Http2Headers unpacked(Frame frame) throws IOException {
        try {
            return unpack.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload()));
        } catch (Http2Exception e) {
            throw new IOException(e);
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
        need(Http2CodecUtil.FRAME_HEADER_LENGTH);
        int length = plain.readUnsignedMedium();
        int type = plain.readUnsignedByte();
        int flags = plain.readUnsignedByte();
        int stream = plain.readInt();
        need(length);
        byte[] payload = new byte[length];
        plain.readBytes(payload);
        plain.discardReadBytes();
        Frame frame = new Frame(type, flags, stream, payload);
        if (type == Http2FrameTypes.HEADERS) {
            heads.put(
                    stream, unpacked(frame)); // each, since they are packed one on top of the other
        }
        return frame;
    }

    private void need(int bytes) throws IOException {
        while (plain.readableBytes() < bytes) {
            readRecord();
        }
    }

    private void readRecord() throws IOException {
        byte[] header = in.readNBytes(3);
        if (header.length < 3) {
            throw new EOFException("the server closed the connection");
        }
        int length = (header[1] & 0xff) << 8 | header[2] & 0xff;
        ByteBuffer record = ByteBuffer.allocate(3 + length).put(header);
        record.put(in.readNBytes(length));
        ByteBuffer opened = ByteBuffer.allocate(NoiseTransport.MAX_PLAIN);
        try {
            noise.open(record.flip(), opened);
        } catch (MalformedException e) {
            throw new IOException(e);
        }
        plain.writeBytes(opened.flip());
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
