package dev.remora.lab.crowd;

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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/// A connection to a control server, frame by frame, so that it may also carry what no client would send. One thread
/// reads; any may write.
public final class InnerLink implements AutoCloseable {
    /// The capability version of current clients.
    public static final int VERSION = 131;

    private static final byte ACK = 1;
    private static final byte END_STREAM = 1;
    private static final byte END_HEADERS = 4;
    private static final int WINDOW = 4 << 20;
    private static final int SETTING_WINDOW = 4;

    private final Door door;
    private final NoiseTransport noise;
    private final InputStream in;
    private final DefaultHttp2HeadersEncoder hpack = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder unpack = new DefaultHttp2HeadersDecoder();
    private final ByteBuf plain = Unpooled.buffer(0);
    private int nextStream = 1;
    private int taken;

    /// A frame as it came.
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    public record Frame(int type, int flags, int stream, byte[] payload) {
        public boolean ends() {
            return (flags & END_STREAM) != 0;
        }
    }

    /// What a short request was answered with.
    public record Answer(int status, String body) {}

    private InnerLink(Door door, NoiseTransport noise) throws IOException {
        this.door = door;
        this.noise = noise;
        this.in = door.in();
    }

    /// Connects and shakes hands, without a word of HTTP/2.
    ///
    /// @param from the address of ours to come from
    public static InnerLink shake(
            String from, int port, MachineKey server, MachinePrivateKey machine)
            throws IOException {
        Door door = Door.open(from, port);
        try {
            NoiseHandshake handshake =
                    NoiseHandshake.start(VERSION, machine, server, new SecureRandom(), Aead.best());
            door.send(upgrade(handshake.initiation()));
            String head = door.head();
            if (!head.startsWith("HTTP/1.1 101")) {
                throw new IOException(head);
            }
            byte[] response = door.in().readNBytes(NoiseHandshake.RESPONSE_LENGTH);
            NoiseTransport noise =
                    handshake.finish(ByteBuffer.wrap(response)).orElseThrow(EOFException::new);
            return new InnerLink(door, noise);
        } catch (IOException | MalformedException | RuntimeException e) {
            door.close();
            throw e instanceof IOException io ? io : new IOException(e);
        }
    }

    /// The same, and says what a client says first in HTTP/2.
    public static InnerLink open(
            String from, int port, MachineKey server, MachinePrivateKey machine)
            throws IOException {
        InnerLink link = shake(from, port, server, machine);
        try {
            link.begin();
            return link;
        } catch (IOException e) {
            link.close();
            throw e;
        }
    }

    static byte[] upgrade(byte[] initiation) {
        String head =
                "POST /ts2021 HTTP/1.1\r\nHost: unused\r\nUpgrade: tailscale-control-protocol\r\n"
                        + "Connection: upgrade\r\nContent-Length: 0\r\nX-Tailscale-Handshake: "
                        + Base64.getEncoder().encodeToString(initiation)
                        + "\r\n\r\n";
        return head.getBytes(StandardCharsets.US_ASCII);
    }

    private void begin() throws IOException {
        skipEarly();
        send(ByteBufUtil.getBytes(Http2CodecUtil.connectionPrefaceBuf()));
        ByteBuffer settings = ByteBuffer.allocate(6).putShort((short) SETTING_WINDOW);
        frame(Http2FrameTypes.SETTINGS, 0, 0, settings.putInt(WINDOW).array());
        window(0, WINDOW);
    }

    private void skipEarly() throws IOException {
        try {
            while (true) {
                readRecord();
                ByteBuffer view = plain.nioBuffer();
                if (!(EarlyPayload.read(view) instanceof EarlyPayload.Incomplete)) {
                    plain.skipBytes(view.position());
                    return;
                }
            }
        } catch (MalformedException e) {
            throw new IOException(e);
        }
    }

    private synchronized void send(byte... bytes) throws IOException {
        ByteBuffer sealed = ByteBuffer.allocate(NoiseTransport.sealedLength(bytes.length));
        noise.seal(ByteBuffer.wrap(bytes), sealed);
        door.send(sealed.array());
    }

    /// Sends a frame, whatever it means.
    public void frame(int type, int flags, int stream, byte... payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(Http2CodecUtil.FRAME_HEADER_LENGTH + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        send(frame.put((byte) type).put((byte) flags).putInt(stream).put(payload).array());
    }

    private void window(int stream, int more) throws IOException {
        byte[] bytes = ByteBuffer.allocate(4).putInt(more).array();
        frame(Http2FrameTypes.WINDOW_UPDATE, 0, stream, bytes);
    }

    /// Sends a whole request and says on which stream.
    public synchronized int request(String path, byte... body) throws IOException {
        int stream = head(path);
        int piece = Http2CodecUtil.DEFAULT_MAX_FRAME_SIZE;
        for (int at = 0; at == 0 || at < body.length; at += piece) {
            int end = Math.min(body.length, at + piece);
            byte[] bytes = Arrays.copyOfRange(body, at, end);
            frame(Http2FrameTypes.DATA, end == body.length ? END_STREAM : 0, stream, bytes);
        }
        return stream;
    }

    /// Sends the head of a POST that has a body.
    public synchronized int head(String path) throws IOException {
        int stream = nextStream;
        nextStream += 2;
        Http2Headers headers =
                new DefaultHttp2Headers()
                        .method("POST")
                        .path(path)
                        .scheme("https")
                        .authority("unused");
        ByteBuf packed = Unpooled.buffer();
        try {
            hpack.encodeHeaders(stream, headers, packed);
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
        frame(Http2FrameTypes.HEADERS, END_HEADERS, stream, ByteBufUtil.getBytes(packed));
        return stream;
    }

    /// Waits for the whole answer on a stream; what comes for others is passed over.
    public Answer answer(int stream) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int status = 0;
        while (true) {
            Frame frame = read();
            if (frame.stream() != stream) {
                continue;
            }
            switch (frame.type()) {
                case Http2FrameTypes.HEADERS -> status = status(frame);
                case Http2FrameTypes.DATA -> body.writeBytes(frame.payload());
                case Http2FrameTypes.RST_STREAM -> throw new EOFException("stream was reset");
                default -> {}
            }
            if (frame.ends()) {
                return new Answer(status, body.toString(StandardCharsets.UTF_8));
            }
        }
    }

    /// The status in a frame of headers. Each is to be read once, since they are packed one on top of the other.
    public int status(Frame head) throws IOException {
        try {
            Http2Headers headers =
                    unpack.decodeHeaders(head.stream(), Unpooled.wrappedBuffer(head.payload()));
            return Integer.parseInt(String.valueOf(headers.status()));
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /// The next frame that is not about the connection itself: those are answered as a client does.
    public Frame read() throws IOException {
        while (true) {
            need(Http2CodecUtil.FRAME_HEADER_LENGTH);
            int length = plain.readUnsignedMedium();
            int type = plain.readUnsignedByte();
            int flags = plain.readUnsignedByte();
            int stream = plain.readInt();
            need(length);
            byte[] payload = new byte[length];
            plain.readBytes(payload);
            if (!plain.isReadable()) {
                plain.clear();
            }
            Frame frame = new Frame(type, flags, stream, payload);
            if (stream != 0) {
                give(frame);
                return frame;
            }
            acknowledge(frame);
        }
    }

    private void acknowledge(Frame frame) throws IOException {
        boolean asks = frame.type() == Http2FrameTypes.SETTINGS || isPing(frame);
        if (asks && (frame.flags() & ACK) == 0) {
            frame(frame.type(), ACK, 0, isPing(frame) ? frame.payload() : new byte[0]);
        }
    }

    private static boolean isPing(Frame frame) {
        return frame.type() == Http2FrameTypes.PING;
    }

    private void give(Frame frame) throws IOException {
        if (frame.type() == Http2FrameTypes.DATA) {
            taken += frame.payload().length;
        }
        if (taken > WINDOW / 2) {
            window(0, taken);
            if (!frame.ends()) {
                window(frame.stream(), taken);
            }
            taken = 0;
        }
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
        plain.discardReadBytes().writeBytes(opened.flip());
    }

    @Override
    public void close() {
        door.close();
    }
}
