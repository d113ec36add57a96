package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// The answer to a [RegisterRequest]. Refusals come with HTTP 200 too. Read the members in this order:
/// an error makes all others meaningless, then the signature, the expired key, the URL.
///
/// @param error not empty: refused, in words for a person
/// @param nodeKeySignature not empty: sign this again for a new key and register with that
/// @param nodeKeyExpired register again with a new key, naming this one as the old
/// @param authUrl not empty: a person must go there, see `followup`
/// @param machineAuthorized false without a URL: registered, but an administrator must admit the device
@Json
public record RegisterResponse(
        @Property("User") @Nullable UserInfo user,
        @Property("Login") @Nullable LoginInfo login,
        @Property("NodeKeyExpired") boolean nodeKeyExpired,
        @Property("MachineAuthorized") boolean machineAuthorized,
        @Property("AuthURL") @Nullable String authUrl,
        @Property("NodeKeySignature") @Nullable String nodeKeySignature,
        @Property("Error") @Nullable String error) {}
