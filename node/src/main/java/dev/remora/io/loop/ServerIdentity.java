package dev.remora.io.loop;

import dev.remora.base.Bytes32;

/// Whom a TLS client accepts at the other end.
public sealed interface ServerIdentity {
    /// A certificate of a trusted authority that names the server. `serverName` is what we ask for (SNI);
    /// `certificateName` is what the certificate must say where that differs, as a DERP map's
    /// `CertName` may demand; else both are the same. An IP literal is checked, but never sent as SNI.
    record Named(String serverName, String certificateName) implements ServerIdentity {
        public Named(String name) {
            this(name, name);
        }
    }

    /// Exactly the certificate of this SHA-256, whoever signed it, as long as it is in its dates and
    /// names the server (an IP literal is not compared).
    record Pinned(String serverName, Bytes32 sha256) implements ServerIdentity {}

    /// Anyone. Only for a connection whose inner layer authenticates the server by itself, as Noise
    /// does, or where a relay map says so for tests.
    record Anyone(String serverName) implements ServerIdentity {}
}
