package dev.remora;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// How packets reach another member now.
///
/// @param roundTrip there and back
/// @param direct its address on the network beneath; empty: through a relay
/// @param relay the relay's region, if it is through one
public record Way(Duration roundTrip, Optional<InetSocketAddress> direct, OptionalInt relay) {}
