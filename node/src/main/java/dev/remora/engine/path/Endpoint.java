package dev.remora.engine.path;

import dev.remora.base.IpPort;

/// A UDP address at which this node may be reachable, and how we know.
public record Endpoint(IpPort address, Source source) {
    /// How we know an endpoint. Control is told the [#code].
    public enum Source {
        /// An address of one of our interfaces.
        LOCAL(1),
        /// What a STUN server saw.
        STUN(2),
        /// A port that the router opened for us.
        PORT_MAPPED(3),
        /// What a STUN server saw, but with our own port: a guess that a forwarding was set up by hand.
        STUN_WITH_LOCAL_PORT(4);

        private final int code;

        Source(int code) {
            this.code = code;
        }

        /// The number on the wire.
        public int code() {
            return code;
        }
    }
}
