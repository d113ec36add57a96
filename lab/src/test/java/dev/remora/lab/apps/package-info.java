/// What runs on the hosts of a tailnet and tests it: a real Flask app, plain TCP servers and clients that check
/// every byte, and the usual tools, `curl`, `iperf3` and `wrk`.
///
/// The classes whose names end in `Main` are programs: the lab starts them in a host's namespace, in a JVM of
/// their own, with nothing but the JDK on their class path.
@NullMarked
package dev.remora.lab.apps;

import org.jspecify.annotations.NullMarked;
