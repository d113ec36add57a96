package dev.remora.lab.crowd;

import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.proto.noise.NoiseHandshake;
import dev.remora.proto.noise.NoiseTransport;
import dev.remora.server.control.InnerFrames;
import dev.remora.server.control.InnerFrames.Frame;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;

/// A connection to a control server, frame by frame, so that it may also carry what no client would send. One thread
/// reads; any may write.
public final class InnerLink implements AutoCloseable {
    /// The capability version of current clients.
    public static final int VERSION = 131;

    private static final byte ACK = 1;
    private static final byte END_STREAM = 1;
    private static final int WINDOW = 4 << 20;
    private static final int SETTING_WINDOW = 4;

    private final Door door;
    private final InnerFrames frames;
    private int taken;

    /// What a short request was answered with.
    public record Answer(int status, String body) {}

    private InnerLink(Door door, NoiseTransport noise) {
        this.door = door;
        this.frames = new InnerFrames(door.in(), door::send, noise);
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
            door.send(InnerFrames.upgrade(handshake.initiation()));
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

    private void begin() throws IOException {
        frames.readEarly();
        frames.send(ByteBufUtil.getBytes(Http2CodecUtil.connectionPrefaceBuf()));
        ByteBuffer settings = ByteBuffer.allocate(6).putShort((short) SETTING_WINDOW);
        frame(Http2FrameTypes.SETTINGS, 0, 0, settings.putInt(WINDOW).array());
        frames.window(0, WINDOW);
    }

    /// Sends a frame, whatever it means.
    public void frame(int type, int flags, int stream, byte... payload) throws IOException {
        frames.frame(type, flags, stream, payload);
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
    public int head(String path) throws IOException {
        return frames.head("POST", path, false);
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
        return Integer.parseInt(String.valueOf(frames.headers(head).status()));
    }

    /// The next frame that is not about the connection itself: those are answered as a client does.
    public Frame read() throws IOException {
        while (true) {
            Frame frame = frames.read();
            if (frame.stream() != 0) {
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
            frames.window(0, taken);
            if (!frame.ends()) {
                frames.window(frame.stream(), taken);
            }
            taken = 0;
        }
    }

    @Override
    public void close() {
        door.close();
    }
}
