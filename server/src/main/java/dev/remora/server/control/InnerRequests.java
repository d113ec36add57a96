package dev.remora.server.control;

import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.HostInfoBuilder;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.RegisterRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads bodies of requests. What comes out has all that those who work with it rely on; JSON may leave out anything.
final class InnerRequests {
    private InnerRequests() {}

    static RegisterRequest register(byte[] json) throws MalformedException {
        RegisterRequest request = ControlJson.read(RegisterRequest.class, json);
        checkKey(request.nodeKey());
        return request;
    }

    static MapRequest map(byte[] json) throws MalformedException {
        MapRequest read = ControlJson.read(MapRequest.class, json);
        checkKey(read.nodeKey());
        return new MapRequest(
                read.version(),
                read.compress(),
                read.keepAlive(),
                read.nodeKey(),
                discoKey(read.discoKey()),
                read.stream(),
                hostInfo(read.hostInfo()),
                read.endpoints() == null
                        ? null
                        : read.endpoints().stream().filter(Objects::nonNull).toList(),
                read.endpointTypes(),
                read.tkaHead(),
                read.omitPeers(),
                read.debugFlags(),
                read.readOnly());
    }

    private static void checkKey(@Nullable NodeKey key) throws MalformedException {
        if (key == null || key.equals(NodeKey.ZERO)) {
            throw new MalformedException("request without a node key");
        }
    }

    private static DiscoKey discoKey(@Nullable DiscoKey key) {
        return key == null ? DiscoKey.ZERO : key;
    }

    private static HostInfo hostInfo(@Nullable HostInfo info) {
        return info == null ? new HostInfoBuilder().build() : info;
    }
}
