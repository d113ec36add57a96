package dev.remora.server.tailnet;

import dev.remora.crypto.MachineKey;

/// Who makes a change, as the audit log names them.
public record Actor(String name) {
    /// What happens by itself.
    public static final Actor SERVER = new Actor("server");

    /// A machine that speaks for itself.
    public static Actor machine(MachineKey key) {
        return new Actor("machine " + key);
    }
}
