/// Auth keys that are made when they are needed: from the secret of an OAuth client, or from a token in which a platform says what a workload is.
///
/// [KeyExchange][dev.remora.sidecar.oauth.KeyExchange] asks the API in two steps, an access token (RFC 6749 section 4.4, or an exchange of the platform's token)
/// and with it a key for one node; [Credentials][dev.remora.sidecar.oauth.Credentials] is what a user gives for that, and
/// [PlatformToken][dev.remora.sidecar.oauth.PlatformToken] fetches the platform's token where a user names only its audience. What fails has a reason code
/// and a sentence; no secret is in either.
@NullMarked
package dev.remora.sidecar.oauth;

import org.jspecify.annotations.NullMarked;
