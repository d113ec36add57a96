package dev.remora.lab.bench;

import dev.remora.lab.net.Host;
import dev.remora.lab.peers.CertificateAuthority;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.TailnetDaemon;
import dev.remora.lab.peers.Tailscaled;

/// Who is measured.
enum Candidate {
    TAILSCALED("tailscaled"),
    REMORA("Remora");

    private final String label;

    Candidate(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /// A daemon on `host` that has not been started yet.
    TailnetDaemon on(Host host, CertificateAuthority authority) {
        return switch (this) {
            case TAILSCALED -> Tailscaled.on(host, authority, Tailscaled.Mode.USERSPACE);
            case REMORA -> RemoraDaemon.on(host, authority);
        };
    }
}
