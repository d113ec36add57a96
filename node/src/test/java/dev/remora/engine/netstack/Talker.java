package dev.remora.engine.netstack;

import dev.remora.proto.tcp.TcpEvent;
import java.nio.ByteBuffer;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// An application at one end of a stream: sends so many bytes of a pattern and then its end, takes what comes, sometimes
/// slowly, and checks that it is the other end's pattern.
final class Talker implements StreamHandler {
    private static final int SLICE = 16 * 1024;

    private final Tailnet net;
    private final Random random;
    private final long toSend;
    private final boolean slow;
    private int outSeed;
    private int inSeed;
    long sent;
    long received;
    boolean connected;
    boolean peerFinished;
    boolean finished;
    TcpEvent.@Nullable Closed closed;

    Talker(Tailnet net, Random random, long toSend, boolean slow, int outSeed, int inSeed) {
        this.net = net;
        this.random = random;
        this.toSend = toSend;
        this.slow = slow;
        this.outSeed = outSeed;
        this.inSeed = inSeed;
    }

    void patterns(int out, int in) {
        outSeed = out;
        inSeed = in;
    }

    private static byte pattern(long index, int seed) {
        return (byte) (index * 31 + (index >> 8) * 7 + seed);
    }

    @Override
    public void onPayload(TcpStream stream, ByteBuffer payload) {
        int most = slow ? random.nextInt(payload.remaining() + 1) : payload.remaining();
        for (int i = 0; i < most; i++) {
            byte expected = pattern(received, inSeed);
            byte got = payload.get();
            if (got != expected) {
                throw new AssertionError(
                        "byte " + received + " of " + stream + " is " + got + ", not " + expected);
            }
            received++;
        }
    }

    @Override
    public void onEvent(TcpStream stream, TcpEvent event) {
        switch (event) {
            case TcpEvent.Connected yes -> {
                connected = true;
                send(stream);
            }
            case TcpEvent.Writable yes -> send(stream);
            case TcpEvent.Readable yes -> stream.resume(net.now);
            case TcpEvent.PeerFinished yes -> {
                peerFinished = true;
                endWhenDone(stream);
            }
            case TcpEvent.Closed how -> closed = how;
        }
    }

    private void send(TcpStream stream) {
        byte[] slice = new byte[SLICE];
        while (sent < toSend) {
            int length = (int) Math.min(SLICE, toSend - sent);
            for (int i = 0; i < length; i++) {
                slice[i] = pattern(sent + i, outSeed);
            }
            int taken = stream.write(ByteBuffer.wrap(slice, 0, length), net.now);
            sent += taken;
            if (taken < length) {
                return;
            }
        }
        if (!finished) {
            finished = true;
            stream.shutdownOutput();
            endWhenDone(stream);
        }
    }

    private void endWhenDone(TcpStream stream) {
        if (finished && peerFinished) {
            stream.close();
        }
    }

    /// For a slow reader: looks again.
    void look(TcpStream stream) {
        if (closed == null && stream.readable() > 0) {
            stream.resume(net.now);
        }
    }
}
