package dev.remora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a thread that reads is told, and when.
@Timeout(10)
class BlockingStreamTest {
    private final BlockingStream stream = new BlockingStream();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    private Object read() {
        try {
            return stream.read(new byte[10], 0, 10, 0);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @BeforeEach
    void begin() {
        channel.pipeline().addLast(stream);
    }

    /// Its own end must not look like the peer's, which would mean that all has arrived.
    @Test
    void aReaderIsToldThatItsUserClosedEvenAsTheChannelEnds() {
        List<Object> readAtTheEnd = new ArrayList<>();
        channel.pipeline()
                .addFirst(
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelUnregistered(ChannelHandlerContext ctx)
                                    throws Exception {
                                super.channelUnregistered(ctx);
                                readAtTheEnd.add(read());
                            }
                        });

        stream.close();

        assertThat(readAtTheEnd).containsExactly("Socket closed");
        assertThat(read()).isEqualTo("Socket closed");
    }

    @Test
    void aReaderThatWaitsIsToldToo() throws Exception {
        CompletableFuture<Object> waiting = new CompletableFuture<>();
        Thread.startVirtualThread(() -> waiting.complete(read()));
        stream.close();
        assertThat(waiting.get()).isEqualTo("Socket closed");
    }

    @Test
    void thePeersEndIsTheEndOfTheStream() {
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[3]));
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(read()).isEqualTo(3);
        assertThat(read()).isEqualTo(-1);
    }

    @Test
    void aFailureIsToldWhenAllThatCameBeforeIsRead() {
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[3]));
        channel.pipeline().fireExceptionCaught(new SocketException("connection reset"));
        assertThat(read()).isEqualTo(3);
        assertThat(read()).isEqualTo("connection reset");
    }

    @Test
    void nothingWithinTheTimeIsATimeOut() {
        assertThatThrownBy(() -> stream.read(new byte[1], 0, 1, 1))
                .isInstanceOf(SocketTimeoutException.class);
    }
}
