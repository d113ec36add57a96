package dev.remora.server.tailnet;

import dev.remora.proto.control.AuthKey;
import dev.remora.server.model.PreAuthKey;

/// A new auth key, with the only copy of its secret: nothing that is kept can show it again.
public record CreatedAuthKey(PreAuthKey info, AuthKey secret) {}
