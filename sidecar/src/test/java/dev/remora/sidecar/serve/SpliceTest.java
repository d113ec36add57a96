package dev.remora.sidecar.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.io.loop.EngineLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two real connections on a real loop, joined: `left` and `right` are the far ends, who do not know of each other.
@Timeout(30)
class SpliceTest {
    private final EngineLoop loop = EngineLoop.start("splice");
    private ServerSocket server;
    private DuplexChannel toLeft;
    private DuplexChannel toRight;
    private Socket left;
    private Socket right;

    @BeforeEach
    void connectBoth() throws IOException {
        server = new ServerSocket();
        server.setReceiveBufferSize(65536);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        toLeft = connect();
        left = server.accept();
        toRight = connect();
        right = server.accept();
    }

    private void join() {
        loop.netty().submit(this::joinOnLoop).syncUninterruptibly();
    }

    private void joinOnLoop() {
        Splice.join(toLeft, toRight);
        toLeft.pipeline().remove(EarlyWords.class);
        toRight.pipeline().remove(EarlyWords.class);
    }

    private DuplexChannel connect() {
        Channel channel =
                new Bootstrap()
                        .group(loop.netty())
                        .channelFactory(loop::newSocket)
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .handler(new EarlyWords())
                        .connect(
                                new InetSocketAddress(
                                        InetAddress.getLoopbackAddress(), server.getLocalPort()))
                        .syncUninterruptibly()
                        .channel();
        return (DuplexChannel) channel;
    }

    @AfterEach
    void end() throws IOException {
        left.close();
        right.close();
        server.close();
        loop.close();
    }

    @Test
    void eachEndOfInputIsTheOthersEndOfInputAndNothingMore() throws IOException {
        join();
        left.getOutputStream().write(1);
        left.shutdownOutput();
        assertThat(right.getInputStream().readAllBytes()).containsExactly(1);
        right.getOutputStream().write(2);
        right.shutdownOutput();
        assertThat(left.getInputStream().readAllBytes()).containsExactly(2);
    }

    @Test
    void aResetOfAnIdleConnectionResetsTheOther() throws IOException {
        join();
        right.setSoLinger(true, 0);
        right.close();
        assertReset(left);
    }

    @Test
    void aResetInsteadOfReadingResetsTheOther() throws IOException {
        join();
        left.getOutputStream().write(new byte[100_000]); // and nobody reads it
        right.setSoLinger(true, 0);
        right.close();
        assertReset(left);
    }

    @Test
    void aChannelThatIsClosedInTheMiddleResetsTheOther() {
        join();
        toRight.close();
        assertReset(left);
    }

    @Test
    void whatWasSaidBeforeTheyWereJoinedIsNotLost() throws Exception {
        right.getOutputStream().write(new byte[1000]);
        right.close();
        loop.netty().schedule(this::joinOnLoop, 300, TimeUnit.MILLISECONDS).sync();
        assertThat(left.getInputStream().readAllBytes()).hasSize(1000);
    }

    @Test
    void anEndThatComesWhileTheOtherSideIsSlowLosesNothing() throws Exception {
        join();
        int length = fillUntilNothingIsRead();
        right.shutdownOutput();
        loop.netty()
                .schedule(() -> {}, 100, TimeUnit.MILLISECONDS)
                .sync(); // the end has come by now
        assertThat(left.getInputStream().readAllBytes()).hasSize(length);
        Thread.startVirtualThread(() -> sendAndEnd(left, 20_000_000));
        loop.netty()
                .schedule(() -> {}, 100, TimeUnit.MILLISECONDS)
                .sync(); // and the other way is full
        assertThat(right.getInputStream().readAllBytes()).hasSize(20_000_000);
    }

    /// Sends from the right until the left takes no more and the right is not read, and then a little that waits in the socket.
    private int fillUntilNothingIsRead() throws Exception {
        byte[] chunk = new byte[16_384];
        int length = 0;
        while (toLeft.isWritable()) {
            right.getOutputStream().write(chunk);
            length += chunk.length;
            loop.netty().schedule(() -> {}, 1, TimeUnit.MILLISECONDS).sync();
        }
        right.getOutputStream().write(chunk);
        return length + chunk.length;
    }

    private static void sendAndEnd(Socket socket, int length) {
        try {
            socket.getOutputStream().write(new byte[length]);
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the reader then gets too few
        }
    }

    private static void assertReset(Socket socket) {
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }
}
