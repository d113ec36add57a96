package dev.remora.lab.interop;

import dev.remora.lab.Lab;
import dev.remora.lab.net.Host;
import dev.remora.lab.peers.ContainerNode;
import dev.remora.lab.peers.Headscale;
import java.util.HashMap;
import java.util.Map;

/// Makes container nodes that answer probes and are to join one control server, under their hosts' names.
record Containers(Lab lab, Headscale headscale) {
    /// One that has not been started.
    ///
    /// @param namesAndValues further variables; an empty value takes one away
    ContainerNode node(Host host, boolean keepsState, String... namesAndValues) {
        Map<String, String> env = new HashMap<>();
        env.put("TS_HOSTNAME", host.name());
        env.put("TS_EXTRA_ARGS", "--login-server=" + headscale.url());
        env.put("TS_ENABLE_HEALTH_CHECK", "true");
        env.put("TS_ENABLE_METRICS", "true");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            env.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return ContainerNode.on(host, lab.authority(), keepsState, env);
    }
}
