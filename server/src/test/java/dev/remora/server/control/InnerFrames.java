package dev.remora.server.control;

import dev.remora.base.MalformedException;
import dev.remora.proto.noise.EarlyPayload;
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
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// A client's HTTP/2 inside of a Noise connection, frame by frame, so that it may also carry what no client would send. One thread reads; any may write.
public final class InnerFrames {
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final InputStream in;
    private final Out out;
    private final NoiseTransport noise;
    private final DefaultHttp2HeadersEncoder hpack = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder unpack = new DefaultHttp2HeadersDecoder();
    private final ByteBuf plain = Unpooled.buffer(0); // a crowd has thousands of them
    private int nextStream = 1;

    /// Where bytes for the server go.
    public interface Out {
        void send(byte[] bytes) throws IOException;
    }

    /// A frame as it came.
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    public record Frame(int type, int flags, int stream, byte[] payload) {
        public boolean ends() {
            return (flags & END_STREAM) != 0;
        }
    }

    public InnerFrames(InputStream in, Out out, NoiseTransport noise) {
        this.in = in;
        this.out = out;
        this.noise = noise;
    }

    /// The HTTP/1.1 request that carries the first message of the handshake.
    public static byte[] upgrade(byte[] initiation) {
        String head =
                "POST /ts2021 HTTP/1.1\r\nHost: unused\r\nUpgrade: tailscale-control-protocol\r\n"
                        + "Connection: upgrade\r\nContent-Length: 0\r\nX-Tailscale-Handshake: "
                        + Base64.getEncoder().encodeToString(initiation)
                        + "\r\n\r\n";
        return head.getBytes(StandardCharsets.US_ASCII);
    }

    /// The JSON that the server says first, empty if it begins with HTTP/2.
    public String readEarly() throws IOException {
        try {
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
        } catch (MalformedException e) {
            throw new IOException(e);
        }
    }

    /// Sends bytes, which need be no frame.
    public synchronized void send(byte... bytes) throws IOException {
        ByteBuffer sealed = ByteBuffer.allocate(NoiseTransport.sealedLength(bytes.length));
        noise.seal(ByteBuffer.wrap(bytes), sealed);
        out.send(sealed.array());
    }

    /// Sends a frame, whatever it means.
    public void frame(int type, int flags, int stream, byte... payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(Http2CodecUtil.FRAME_HEADER_LENGTH + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        send(frame.put((byte) type).put((byte) flags).putInt(stream).put(payload).array());
    }

    /// Gives the server room for more bytes, on stream 0 for all of the connection.
    public void window(int stream, int more) throws IOException {
        byte[] bytes = ByteBuffer.allocate(4).putInt(more).array();
        frame(Http2FrameTypes.WINDOW_UPDATE, 0, stream, bytes);
    }

    /// Sends the head of a request and says on which stream.
    ///
    /// @param end it has no body
    public synchronized int head(String method, String path, boolean end) throws IOException {
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

    /// The next frame of any kind.
    public Frame read() throws IOException {
        need(Http2CodecUtil.FRAME_HEADER_LENGTH);
        int length = plain.readUnsignedMedium();
        int type = plain.readUnsignedByte();
        int flags = plain.readUnsignedByte();
        int stream = plain.readInt();
        need(length);
        byte[] payload = new byte[length];
        plain.readBytes(payload);
        return new Frame(type, flags, stream, payload);
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

    /// What a frame of headers says. Each is to be read once, since they are packed one on top of the other.
    public Http2Headers headers(Frame head) throws IOException {
        try {
            return unpack.decodeHeaders(head.stream(), Unpooled.wrappedBuffer(head.payload()));
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }
}
