/// What a user has asked for, as values in the JSON that `tailscale` and `tailscaled` share: preferences and serve configuration.
/// Knows nothing of how it is kept or carried out.
@NullMarked
package dev.remora.sidecar.config;

import org.jspecify.annotations.NullMarked;
