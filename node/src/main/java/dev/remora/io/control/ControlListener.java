package dev.remora.io.control;

import dev.remora.engine.netmap.NetMap;
import dev.remora.proto.control.PingRequest;
import dev.remora.proto.control.PingResponse;
import java.io.IOException;
import java.util.function.Consumer;

/// Hears what a [ControlSession] has to say. Calls come from the session's own threads, one after the other
/// for each method; they may block, and then hold up the conversation. The session may be called back.
public interface ControlListener {
    /// How things stand now; called when that changes.
    void onState(ControlState state);

    /// The tailnet as it is now.
    void onNetMap(NetMap map);

    /// The server accepted these keys: from now on we are this node. Must be safe on disk on return, since
    /// a key that is in use but lost makes another node of us. After a logout all keys are absent.
    void onIdentity(NodeIdentity identity) throws IOException;

    /// The server wants a peer pinged. Each way in `request.types()` gets an answer of its own, within
    /// ten seconds; none is answered for by default.
    default void onPing(PingRequest request, Consumer<PingResponse> answer) {}

    /// The server wants the user to visit a page.
    default void onVisit(String url) {}
}
