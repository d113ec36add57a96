package dev.remora.sidecar.life;

import dev.remora.engine.netmap.NetMap;
import dev.remora.io.control.ControlState;
import dev.remora.io.control.NodeIdentity;
import dev.remora.node.NodeListener;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// Takes a node's news to the backend's thread. Only new keys do not go through it: they are on disk before the conversation goes on.
final class NodeEvents implements NodeListener {
    private final Profiles profiles;
    private final CompletableFuture<Backend> backend = new CompletableFuture<>();
    private final AtomicBoolean changePending = new AtomicBoolean();

    NodeEvents(Profiles profiles) {
        this.profiles = profiles;
    }

    /// From now on there is somebody to tell.
    void to(Backend listener) {
        backend.complete(listener);
    }

    @Override
    public void onControl(ControlState state) {
        backend.thenAccept(b -> b.post(() -> b.onControl(state)));
    }

    @Override
    public void onNetMap(NetMap map) {
        backend.thenAccept(b -> b.post(() -> b.onNetMap(map)));
    }

    @Override
    public void onIdentity(NodeIdentity identity) throws IOException {
        profiles.save(identity);
        backend.thenAccept(b -> b.post(b::onIdentity));
    }

    @Override
    public void onVisit(String url) {
        backend.thenAccept(b -> b.post(() -> b.onVisit(url)));
    }

    /// Called on the loop, and often: several changes become one look.
    @Override
    public void onChange() {
        if (!changePending.getAndSet(true)) {
            backend.thenAccept(b ->
                    b.post(() -> {
                        changePending.set(false);
                        b.onChange();
                    }));
        }
    }
}
