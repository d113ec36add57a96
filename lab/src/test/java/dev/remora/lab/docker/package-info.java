/// A real Docker engine on the lab's network: the stacks that users run, with nothing changed but where the tailnet is.
///
///     peer ── public switch ── eth0 [ namespace remora-docker: dockerd, masquerading ] bridge ── app's container
///     ctl  ──┘                                                                            its network: sidecar's container
///
/// The engine is the machine's only one of this kind (`lab/docker-engine`), so one lab has it at a time: [dev.remora.lab.docker.DockerEngine] waits for its turn. Whatever
/// a lab makes there has the lab's name in front, and goes with the lab; what a crashed lab left, the next one that uses the engine removes.
@NullMarked
package dev.remora.lab.docker;

import org.jspecify.annotations.NullMarked;
