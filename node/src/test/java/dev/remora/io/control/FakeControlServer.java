package dev.remora.io.control;

import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.noise.NoiseRecords;
import dev.remora.io.noise.NoiseWriter;
import dev.remora.proto.noise.NoiseAnswer;
import dev.remora.proto.noise.NoiseTransport;
import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/// A control server that does what a test wants: it speaks the whole transport, answers each path by a
/// small function, and remembers what it was asked.
final class FakeControlServer implements AutoCloseable {
    /// The key of the server's Noise; a test may exchange it behind the client's back.
    volatile MachinePrivateKey key = MachinePrivateKey.generate(new SecureRandom());

    volatile Function<String, FullHttpResponse> onKey = target -> keyResponse();
    volatile Optional<HttpResponseStatus> upgradeRefused = Optional.empty();
    volatile boolean silentAfterUpgrade;
    volatile Optional<String> earlyPayload =
            Optional.of("{\"nodeKeyChallenge\":\"chalpub:" + "5".repeat(64) + "\"}");

    final LinkedBlockingQueue<Exchange> seen = new LinkedBlockingQueue<>();

    private final ConcurrentHashMap<String, Consumer<Exchange>> scripts = new ConcurrentHashMap<>();
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel listening;
    private final Optional<SslContext> tls;

    /// @param address of this machine alone
    FakeControlServer(EngineLoop loop, String address, Optional<SslContext> tls) throws Exception {
        this.tls = tls;
        this.listening =
                new ServerBootstrap()
                        .group(loop.netty())
                        .channelFactory(loop::newServerSocket)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        accept(channel);
                                    }
                                })
                        .bind(address, 0)
                        .sync()
                        .channel();
    }

    ControlUrl url() {
        return new ControlUrl(
                tls.isPresent(), tls.isPresent() ? "localhost" : "127.0.0.1", port(), "");
    }

    int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /// What happens when a request for this path comes, `map` for map streams and `update` for the others.
    FakeControlServer on(String path, Consumer<Exchange> script) {
        scripts.put(path, script);
        return this;
    }

    /// Breaks all connections there are.
    void dropAll() {
        channels.close().awaitUninterruptibly();
    }

    FullHttpResponse keyResponse() {
        return response(
                200,
                "{\"legacyPublicKey\":\"mkey:"
                        + "0".repeat(64)
                        + "\",\"publicKey\":\""
                        + key.publicKey().text()
                        + "\"}");
    }

    static FullHttpResponse response(int status, String body) {
        ByteBuf content = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), content);
        response.headers().set("Content-Length", content.readableBytes());
        return response;
    }

    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        dropAll();
    }

    private void accept(Channel channel) {
        channels.add(channel);
        tls.ifPresent(context -> channel.pipeline().addLast(context.newHandler(channel.alloc())));
        channel.pipeline()
                .addLast(new HttpServerCodec(), new HttpObjectAggregator(1 << 16), new Front());
    }

    /// Ordinary HTTP: the key, the upgrade, and signs of life.
    private final class Front extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request)
                throws Exception {
            if (request.uri().equals("/ts2021")) {
                upgrade(ctx, request.headers().get("X-Tailscale-Handshake"));
            } else if (request.uri().startsWith("/key")) {
                answerKey(ctx, onKey.apply(request.uri()));
            } else {
                seen.add(new Exchange(ctx.channel(), request.method() + " " + request.uri(), ""));
                ctx.writeAndFlush(response(204, ""));
            }
        }

        /// An answer without a length ends with TLS; TCP goes on.
        private void answerKey(ChannelHandlerContext ctx, FullHttpResponse answer) {
            boolean endless = !answer.headers().contains("Content-Length");
            ChannelFuture written = ctx.writeAndFlush(answer);
            if (endless) {
                written.addListener(done -> ctx.pipeline().get(SslHandler.class).closeOutbound());
            }
        }

        private void upgrade(ChannelHandlerContext ctx, String initiation) throws Exception {
            if (upgradeRefused.isPresent()) {
                ctx.writeAndFlush(response(upgradeRefused.get().code(), "no"));
                return;
            }
            FullHttpResponse agreed =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
            agreed.headers()
                    .set("Upgrade", "tailscale-control-protocol")
                    .set("Connection", "upgrade");
            ctx.write(agreed);
            if (silentAfterUpgrade) {
                ctx.flush();
                ctx.close();
                return;
            }
            shakeHands(ctx, Base64.getDecoder().decode(initiation));
        }

        private void shakeHands(ChannelHandlerContext ctx, byte[] initiation) {
            try {
                NoiseAnswer answer =
                        NoiseAnswer.to(initiation, key, new SecureRandom(), Aead.jdk());
                ctx.pipeline().remove(HttpObjectAggregator.class);
                ctx.pipeline().get(HttpServerCodec.class).removeOutboundHandler();
                ctx.writeAndFlush(Unpooled.wrappedBuffer(answer.bytes()));
                if (answer instanceof NoiseAnswer.Accepted accepted) {
                    speakHttp2(ctx, accepted.transport());
                }
            } catch (MalformedException e) {
                ctx.flush();
                ctx.close(); // as real servers do, without a word
            }
        }

        private void speakHttp2(ChannelHandlerContext ctx, NoiseTransport noise) {
            ctx.pipeline().addLast(new NoiseRecords(noise), new NoiseWriter(noise, ctx.channel()));
            earlyPayload.ifPresent(json -> sendEarly(ctx.channel(), json));
            ctx.pipeline()
                    .addLast(
                            Http2FrameCodecBuilder.forServer().build(),
                            new Http2MultiplexHandler(new Streams()));
            ctx.pipeline().remove(this);
            ctx.pipeline().remove(HttpServerCodec.class);
        }

        /// In three pieces, as real servers do.
        private void sendEarly(Channel channel, String json) {
            byte[] text = json.getBytes(StandardCharsets.UTF_8);
            channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {-1, -1, -1, 'T', 'S'}));
            channel.writeAndFlush(Unpooled.copyInt(text.length));
            channel.writeAndFlush(Unpooled.wrappedBuffer(text));
        }
    }

    private final class Streams extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel stream) {
            stream.pipeline().addLast(new Request());
        }
    }

    /// Collects a request, then runs its script.
    private final class Request extends ChannelInboundHandlerAdapter {
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private Http2Headers headers = new DefaultHttp2Headers();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            try {
                boolean end = false;
                if (frame instanceof Http2HeadersFrame head) {
                    headers = head.headers();
                    end = head.isEndStream();
                } else if (frame instanceof Http2DataFrame data) {
                    body.writeBytes(ByteBufUtil.getBytes(data.content()));
                    end = data.isEndStream();
                }
                if (end) {
                    onRequest(ctx.channel());
                }
            } finally {
                ReferenceCountUtil.release(frame);
            }
        }

        private void onRequest(Channel stream) {
            String text = body.toString(StandardCharsets.UTF_8);
            Exchange exchange = new Exchange(stream, headers.method() + " " + headers.path(), text);
            seen.add(exchange);
            String path = headers.path().toString();
            if (path.equals("/machine/map")) {
                path = text.contains("\"Stream\":true") ? "map" : "update";
            }
            scripts.getOrDefault(path, e -> e.reply(404, "no such path")).accept(exchange);
        }
    }

    /// One request, and means to answer it, well or badly.
    record Exchange(Channel stream, String target, String body) {
        void reply(int status, String text) {
            reply(new DefaultHttp2Headers().status(Integer.toString(status)), text);
        }

        void reply(Http2Headers headers, String text) {
            stream.write(new DefaultHttp2HeadersFrame(headers));
            stream.writeAndFlush(
                    new DefaultHttp2DataFrame(
                            Unpooled.copiedBuffer(text, StandardCharsets.UTF_8), true));
        }

        /// Begins to answer, and leaves the stream open.
        Exchange begin() {
            stream.writeAndFlush(
                    new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
            return this;
        }

        /// One message of the map stream; quotes may be single ones.
        Exchange message(String json) {
            return raw(frame(json.replace('\'', '"')));
        }

        Exchange raw(byte[] bytes) {
            stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes), false));
            return this;
        }

        void end() {
            stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true));
        }

        void reset() {
            stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
        }
    }

    /// A message as it goes over the wire.
    static byte[] frame(String json) {
        byte[] plain = json.getBytes(StandardCharsets.UTF_8);
        ZstdJavaCompressor zstd = new ZstdJavaCompressor();
        byte[] out = new byte[zstd.maxCompressedLength(plain.length)];
        int length = zstd.compress(plain, 0, plain.length, out, 0, out.length);
        return ByteBuffer.allocate(4 + length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .put(Arrays.copyOf(out, length))
                .array();
    }
}
