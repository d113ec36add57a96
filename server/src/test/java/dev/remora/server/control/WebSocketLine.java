package dev.remora.server.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A stream of bytes over a WebSocket, as a client in a browser has one: where a message ends means nothing.
final class WebSocketLine implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    /// Messages of ours are no longer than this, so that hardly anything comes in one piece.
    private static final int PIECE = 700;

    private final HttpClient http = HttpClient.newHttpClient();
    private final LinkedBlockingQueue<ByteBuffer> received = new LinkedBlockingQueue<>();
    private final WebSocket socket;

    WebSocketLine(URI uri, String protocol) throws IOException {
        this.socket =
                await(
                        http.newWebSocketBuilder()
                                .subprotocols(protocol)
                                .header("Origin", "https://page.example") // of any page
                                .buildAsync(uri, new Receiver()));
        if (!socket.getSubprotocol().equals(protocol)) { // a browser would hang up
            throw new IOException("the server chose \"" + socket.getSubprotocol() + "\"");
        }
    }

    private static <T> T await(CompletableFuture<T> done) throws IOException {
        try {
            return done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(e);
        }
    }

    InputStream in() {
        return new Incoming();
    }

    OutputStream out() {
        return new Outgoing();
    }

    @Override
    public void close() {
        socket.abort();
        http.close();
    }

    private final class Receiver implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            ByteBuffer copy = ByteBuffer.allocate(data.remaining());
            received.add(copy.put(data).flip());
            from.request(1);
            return CompletableFuture.completedStage(null);
        }
    }

    private final class Incoming extends InputStream {
        private ByteBuffer rest = ByteBuffer.allocate(0);

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            while (length > 0 && !rest.hasRemaining()) {
                rest = next();
            }
            int count = Math.min(length, rest.remaining());
            rest.get(to, offset, count);
            return count;
        }

        private ByteBuffer next() throws IOException {
            try {
                @Nullable ByteBuffer message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (message == null) {
                    throw new IOException("nothing came");
                }
                return message;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
    }

    private final class Outgoing extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            for (int at = 0; at < length; at += PIECE) {
                int count = Math.min(PIECE, length - at);
                await(socket.sendBinary(ByteBuffer.wrap(from, offset + at, count), true));
            }
        }
    }
}
