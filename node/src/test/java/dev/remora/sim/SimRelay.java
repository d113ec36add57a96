package dev.remora.sim;

import dev.remora.crypto.NodeKey;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/// Stands for a DERP region: whoever is connected can send frames to whoever else is. Frames arrive in order and none
/// is lost, as over TCP, unless a host is cut off or the relay is down.
public final class SimRelay {
    private final SimNetwork network;
    private final SimLink link;
    private final Map<NodeKey, Client> clients = new HashMap<>();
    private boolean down;

    private record Client(SimHost host, Receiver receiver) {}

    /// What takes the frames for one client. `frame` is the receiver's to keep.
    public interface Receiver {
        void onFrame(NodeKey from, ByteBuffer frame);
    }

    /// @param link between the relay and the internet; of it, only the delay counts
    public SimRelay(SimNetwork network, SimLink link) {
        this.network = network;
        this.link = link;
    }

    /// Connects a node; an earlier connection of the same key is replaced.
    public void connect(NodeKey key, SimHost host, Receiver receiver) {
        clients.put(key, new Client(host, receiver));
    }

    public void disconnect(NodeKey key) {
        clients.remove(key);
    }

    public void down(boolean down) {
        this.down = down;
    }

    /// Sends the bytes between position and limit. Does nothing if either side is not connected.
    public void send(NodeKey from, NodeKey to, ByteBuffer frame) {
        Client sender = clients.get(from);
        if (sender == null || sender.host().isCut() || down) {
            return;
        }
        ByteBuffer copy =
                ByteBuffer.allocateDirect(frame.remaining()).put(frame.duplicate()).flip();
        Client receiver = clients.get(to);
        if (receiver != null) {
            long delay =
                    sender.host().link().delay()
                            + 2 * link.delay()
                            + receiver.host().link().delay();
            network.after(delay, () -> deliver(from, to, copy));
        }
    }

    private void deliver(NodeKey from, NodeKey to, ByteBuffer frame) {
        Client receiver = clients.get(to);
        if (receiver != null && !receiver.host().isCut() && !down) {
            receiver.receiver().onFrame(from, frame);
        }
    }
}
