package dev.remora.proto.control;

import dev.remora.crypto.LockKey;
import dev.remora.crypto.NodeKey;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// `POST /machine/register`: make this node key a member of the tailnet, or end its membership.
///
/// @param version the same number as in the Noise handshake
/// @param oldNodeKey the key to be replaced, when rotating
/// @param nlKey the node's tailnet-lock key
/// @param auth absent for interactive logins and for a key that is known already
/// @param expiry in the past: log out
/// @param followup the `AuthURL` of the answer before; the server then holds the request until a
///     person has been there
/// @param ephemeral forget the node when it has been away for a while
/// @param nodeKeySignature base64, with tailnet lock
/// @param tailnet the tailnet to join; `required:` in front makes that a condition
@Json
public record RegisterRequest(
        @Property("Version") long version,
        @Property("NodeKey") NodeKey nodeKey,
        @Property("OldNodeKey") @Nullable NodeKey oldNodeKey,
        @Property("NLKey") @Nullable LockKey nlKey,
        @Property("Auth") @Nullable RegisterAuth auth,
        @Property("Expiry") @Nullable Instant expiry,
        @Property("Followup") @Nullable String followup,
        @Property("Hostinfo") @Nullable HostInfo hostInfo,
        @Property("Ephemeral") @Nullable Boolean ephemeral,
        @Property("NodeKeySignature") @Nullable String nodeKeySignature,
        @Property("Tailnet") @Nullable String tailnet) {}
