/// Remora among real, unmodified programs: `tailscaled`, `tailscale`, `derper` and `headscale`, in a network of
/// namespaces that has NAT boxes, blocked UDP and pulled cables.
///
/// Each class has one lab for all its tests, since starting one takes seconds: [MainJobTest] is what Remora is for,
/// [LoadTest] the same with much of it, [ReachTest] what must not be reached, [RecoveryTest] what breaks and heals,
/// [LifeTest] how a node comes, goes and explains itself, [FourPairsTest] both command lines on both daemons.
@NullMarked
package dev.remora.lab.interop;

import org.jspecify.annotations.NullMarked;
