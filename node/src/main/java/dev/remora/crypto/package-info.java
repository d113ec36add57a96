/// Keys and ciphers, each behind the smallest interface its users need.
///
///     keys      MachineKey  NodeKey  DiscoKey  ChallengeKey  LockKey       public, records, compared by value
///               MachinePrivateKey  NodePrivateKey  DiscoPrivateKey  EphemeralKey …  secret, never print themselves
///     agreement X25519 (RFC 7748)
///     hashes    Blake2s (RFC 7693), Hkdf over it (the KDF of Noise), SipHash
///     sealing   Aead: ChaCha20-Poly1305 (RFC 8439), by the JDK or by OpenSSL's libcrypto
///               XAead: XChaCha20-Poly1305, for WireGuard's cookies
///               NaclBox: X25519, XSalsa20-Poly1305, for disco and DERP
///
/// Nothing here knows a protocol, and nothing here keeps state between calls but a cipher's key. Objects that hold a
/// cipher ([dev.remora.crypto.AeadKey], [dev.remora.crypto.NaclBox.BoxKey]) are for one thread at a time.
@NullMarked
package dev.remora.crypto;

import org.jspecify.annotations.NullMarked;
