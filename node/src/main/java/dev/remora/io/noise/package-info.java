/// Noise in a Netty pipeline, once both sides have the keys: records in, records out. Client and control server use the
/// same two handlers; how they come by the keys is their own business.
///
///     socket ──▶ NoiseRecords ──▶ HTTP/2
///     socket ◀── NoiseWriter  ◀── HTTP/2
///
/// The record format and its limits are `proto.noise`'s.
@NullMarked
package dev.remora.io.noise;

import org.jspecify.annotations.NullMarked;
