package dev.remora.proto.tcp;

import dev.remora.base.IpAddress;

/// The two ends of a connection as we see them: the 4-tuple.
public record Flow(IpAddress local, int localPort, IpAddress remote, int remotePort) {
    public Flow {
        if (local.v4() != remote.v4()) {
            throw new IllegalArgumentException("both ends are of one family");
        }
    }

    public boolean v4() {
        return local.v4();
    }

    /// Bytes of the IP header without options.
    int ipHeaderLength() {
        return v4() ? 20 : 40;
    }

    /// The same connection as the other end sees it.
    public Flow reversed() {
        return new Flow(remote, remotePort, local, localPort);
    }
}
