package dev.remora.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The end of a pipeline: writes down what happens, and counts the memory of every buffer that passes.
class Recorder extends ChannelInboundHandlerAdapter {
    final List<String> events = new ArrayList<>();
    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final boolean halfClosure;
    private boolean autoRead = true;
    private int reads;
    private @Nullable ChannelHandlerContext context;
    Consumer<StreamChannel> onActive = channel -> {};
    Consumer<StreamChannel> onRead = channel -> {};

    Recorder() {
        this(false);
    }

    /// @param halfClosure whether the end of input leaves the channel open
    Recorder(boolean halfClosure) {
        this.halfClosure = halfClosure;
    }

    Recorder withoutAutoRead() {
        autoRead = false;
        return this;
    }

    StreamChannel channel() {
        return (StreamChannel) context.channel();
    }

    @Nullable StreamChannel channelOrNull() {
        return context == null ? null : channel();
    }

    String text() {
        return received.toString(UTF_8);
    }

    byte[] bytes() {
        return received.toByteArray();
    }

    int length() {
        return received.size();
    }

    /// How often bytes came.
    int reads() {
        return reads;
    }

    boolean saw(String event) {
        return events.contains(event);
    }

    /// Bytes in buffers of this channel's allocator that nobody has released.
    long held() {
        return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        ctx.channel().config().setAllocator(allocator).setAutoRead(autoRead);
        ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        events.add("active");
        onActive.accept(channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        ByteBuf bytes = (ByteBuf) message;
        reads++;
        bytes.readBytes(received, bytes.readableBytes());
        bytes.release();
        onRead.accept(channel());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        events.add(ctx.channel().isWritable() ? "writable" : "full");
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            events.add("end of input");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        events.add(cause.getMessage());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        events.add("inactive");
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        events.add("unregistered");
    }
}
