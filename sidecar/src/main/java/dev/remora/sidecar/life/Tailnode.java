package dev.remora.sidecar.life;

import dev.remora.base.IpAddress;
import dev.remora.engine.NetworkPrefs;
import dev.remora.engine.PingResult;
import dev.remora.engine.netcheck.NetReport;
import dev.remora.io.control.ControlUrl;
import dev.remora.io.control.LoginOptions;
import dev.remora.io.control.NodeIdentity;
import dev.remora.node.Node;
import dev.remora.node.NodeStatus;
import dev.remora.node.PingKind;
import dev.remora.proto.control.HostInfo;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// What the backend needs of the node it runs.
interface Tailnode {
    void login(ControlUrl url, NodeIdentity identity, LoginOptions options);

    CompletableFuture<Void> logout();

    void pause();

    void updateHostInfo(HostInfo hostInfo);

    void updatePrefs(NetworkPrefs prefs);

    CompletableFuture<PingResult> ping(IpAddress to, PingKind kind, int size);

    CompletableFuture<NetReport> netcheck();

    /// Opens a TCP connection to an address of the tailnet; `handler` hears how that goes.
    CompletableFuture<? extends Channel> connect(IpAddress to, int port, ChannelHandler handler);

    NodeStatus status();

    Map<String, List<Object>> grantsOf(IpAddress source);

    static Tailnode of(Node node) {
        return new Tailnode() {
            @Override
            public void login(ControlUrl url, NodeIdentity identity, LoginOptions options) {
                node.login(url, identity, options);
            }

            @Override
            public CompletableFuture<Void> logout() {
                return node.logout();
            }

            @Override
            public void pause() {
                node.pause();
            }

            @Override
            public void updateHostInfo(HostInfo hostInfo) {
                node.updateHostInfo(hostInfo);
            }

            @Override
            public void updatePrefs(NetworkPrefs prefs) {
                node.updatePrefs(prefs);
            }

            @Override
            public CompletableFuture<PingResult> ping(IpAddress to, PingKind kind, int size) {
                return node.ping(to, kind, size);
            }

            @Override
            public CompletableFuture<NetReport> netcheck() {
                return node.netcheck();
            }

            @Override
            public CompletableFuture<? extends Channel> connect(
                    IpAddress to, int port, ChannelHandler handler) {
                return node.connect(to, port, handler);
            }

            @Override
            public NodeStatus status() {
                return node.status();
            }

            @Override
            public Map<String, List<Object>> grantsOf(IpAddress source) {
                return node.grantsOf(source);
            }
        };
    }
}
