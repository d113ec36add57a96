/// What a container runs: settings out of the environment, a daemon in this process, and the way to a tailnet and back again.
///
/// [dev.remora.sidecar.boot.SettingsReader] reads the variables of the official image and ours into [dev.remora.sidecar.boot.BootSettings], or says what is
/// wrong with them; [dev.remora.sidecar.boot.Boot] starts the daemon, has [dev.remora.sidecar.boot.Admission] bring the node up and keep it up, and publishes
/// what is to be served.
@NullMarked
package dev.remora.sidecar.boot;

import org.jspecify.annotations.NullMarked;
