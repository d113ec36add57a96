/// Many nodes at once, each as little as a control server can tell from a real one: they register, poll the map and
/// report over TCP, Noise and HTTP/2, but carry no packets. For load, for attacks, and for the question whether others
/// notice.
///
///     Crowd ── CrowdNode ── InnerLink ── TCP ── LoopbackControl: ours, or a real headscale
///
/// All of it is on loopback, where each node has an address of its own.
@NullMarked
package dev.remora.lab.crowd;

import org.jspecify.annotations.NullMarked;
