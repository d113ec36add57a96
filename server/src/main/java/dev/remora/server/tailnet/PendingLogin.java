package dev.remora.server.tailnet;

import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import java.time.Instant;
import java.util.List;

/// A device that waits for a person to let it in.
///
/// @param id the last part of the URL that its user was given
/// @param requestedTags what it wants to be tagged with
public record PendingLogin(
        String id,
        MachineKey machine,
        NodeKey nodeKey,
        String hostname,
        String os,
        List<String> requestedTags,
        Instant created) {}
