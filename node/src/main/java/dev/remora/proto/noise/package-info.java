/// Noise (noiseprotocol.org, revision 34) as the control connection speaks it, and the part of it that WireGuard shares.
///
///     client                                  server
///     NoiseHandshake ── initiation, 101 bytes ──▶ NoiseAnswer
///                    ◀── response, 51 bytes ───── (or an error frame)
///     NoiseTransport ◀── records, ≤ 4096 bytes ─▶ NoiseTransport
///
/// The handshake is `Noise_IK_25519_ChaChaPoly_BLAKE2s`: the client knows the server's key beforehand, and the server
/// learns the client's from the first message. Everything here is a value or a machine on bytes: how they travel (the
/// HTTP upgrade, a Netty pipeline) is left to others. [dev.remora.proto.noise.SymmetricState] is the core that WireGuard's
/// `Noise_IKpsk2` runs on as well.
@NullMarked
package dev.remora.proto.noise;

import org.jspecify.annotations.NullMarked;
