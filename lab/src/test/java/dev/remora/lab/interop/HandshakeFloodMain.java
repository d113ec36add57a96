package dev.remora.lab.interop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// `HandshakeFloodMain <file> <address> <port> <per second>`: sends the first messages of handshakes in `file` again and again until it is ended, and prints
/// every so often how many cookie replies came, which is what a node under load answers.
final class HandshakeFloodMain {
    static final int INITIATION = 148;
    private static final int COOKIE_REPLY = 64;
    private static final int AT_ONCE = 32;
    private static final int EACH = 1_000;

    private HandshakeFloodMain() {}

    public static void main(String[] args) throws IOException {
        ByteBuffer messages = ByteBuffer.wrap(Files.readAllBytes(Path.of(args[0])));
        long pause = 1_000_000_000L * AT_ONCE / Integer.parseInt(args[3]);
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(new InetSocketAddress(args[1], Integer.parseInt(args[2])));
            channel.configureBlocking(false);
            ByteBuffer answer = ByteBuffer.allocate(2_000);
            int cookies = 0;
            for (int sent = 0; ; sent += AT_ONCE) {
                long next = System.nanoTime() + pause;
                for (int i = sent; i < sent + AT_ONCE; i++) {
                    int at = i % (messages.capacity() / INITIATION) * INITIATION;
                    channel.write(messages.slice(at, INITIATION));
                }
                while (channel.read(answer.clear()) > 0) {
                    boolean isCookie = answer.position() == COOKIE_REPLY && answer.get(0) == 3;
                    if (isCookie && ++cookies % EACH == 0) {
                        System.out.println("cookies " + cookies);
                    }
                }
                LockSupport.parkNanos(next - System.nanoTime());
            }
        }
    }
}
