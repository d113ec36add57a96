package dev.remora.server.relay;

import dev.remora.io.loop.EngineLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps one connection to each of the other relays. Lost ones are dialled again every five seconds.
final class Mesh {
    private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);
    private static final int CONNECT_WITHIN_MS = 5_000;
    private static final int SILENT_FOR_SECONDS = 120;
    private static final int AGAIN_AFTER_SECONDS = 5;

    /// What a relay that does not read may have in our memory.
    private static final WriteBufferWaterMark CHANNEL_BYTES =
            new WriteBufferWaterMark(256 << 10, 1 << 20);

    private final EngineLoop loop;
    private final RelayContext relay;
    private final MeshSettings settings;
    private final List<Channel> channels = new ArrayList<>();
    private final Map<MeshPeer, String> troubles = new HashMap<>();
    private boolean closed;

    private Mesh(EngineLoop loop, RelayContext relay, MeshSettings settings) {
        this.loop = loop;
        this.relay = relay;
        this.settings = settings;
    }

    static Mesh start(EngineLoop loop, RelayContext relay, MeshSettings settings) {
        Mesh mesh = new Mesh(loop, relay, settings);
        settings.with().forEach(mesh::find);
        return mesh;
    }

    /// Looks the address up where that may take its time.
    private void find(MeshPeer peer) {
        Thread.startVirtualThread(() -> {
            try {
                InetAddress ip = InetAddress.getByName(peer.host());
                InetSocketAddress address = new InetSocketAddress(ip, peer.port());
                loop.netty().execute(() -> dial(peer, address));
            } catch (UnknownHostException e) {
                loop.netty().execute(() -> lost(peer, "no such host"));
            }
        });
    }

    private void dial(MeshPeer peer, InetSocketAddress address) {
        if (closed) {
            return;
        }
        new Bootstrap()
                .group(loop.netty())
                .channelFactory(loop::newSocket)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_WITHIN_MS)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, CHANNEL_BYTES)
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                prepare(channel, peer);
                            }
                        })
                .connect(address)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        String why = String.valueOf(done.cause().getMessage());
                        loop.run(() -> lost(peer, why));
                    }
                });
    }

    private void prepare(Channel channel, MeshPeer peer) {
        channels.add(channel);
        channel.closeFuture().addListener(_ -> channels.remove(channel));
        if (peer.tls()) {
            channel.pipeline()
                    .addLast(settings.tls().newHandler(channel.alloc(), peer.host(), peer.port()));
        }
        channel.pipeline()
                .addLast(new ReadTimeoutHandler(SILENT_FOR_SECONDS))
                .addLast(new HttpResponseDecoder())
                .addLast(
                        new MeshLink(
                                relay,
                                settings,
                                peer,
                                channel,
                                () -> troubles.remove(peer),
                                why -> lost(peer, why)));
    }

    private void lost(MeshPeer peer, String why) {
        if (!closed) {
            if (!why.equals(troubles.put(peer, why))) {
                LOG.info("no mesh with {} now: {}", peer, why);
            }
            loop.netty().schedule(() -> find(peer), AGAIN_AFTER_SECONDS, TimeUnit.SECONDS);
        }
    }

    /// Hangs up on the others, who will look for us again.
    void close() {
        closed = true;
        List.copyOf(channels).forEach(Channel::close);
    }
}
