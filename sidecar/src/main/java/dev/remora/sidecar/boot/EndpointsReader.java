package dev.remora.sidecar.boot;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.sidecar.life.Probes;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Turns the variables about health and metrics into addresses to listen on.
final class EndpointsReader {
    static final String DEFAULT_ADDRESS = "[::]:9002";

    /// The old way to ask for health probes, at an address of their own.
    static final String OLD_HEALTH = "TS_HEALTHCHECK_ADDR_PORT";

    private static final String HEALTH = "TS_ENABLE_HEALTH_CHECK";
    private static final int MOST_POD_ADDRESSES = 2;

    private final Environment environment;
    private final List<String> wrong;

    /// @param wrong where sentences about what is wrong are added
    EndpointsReader(Environment environment, List<String> wrong) {
        this.environment = environment;
        this.wrong = wrong;
    }

    List<Probes> read() {
        environment
                .get("TS_DEBUG_ADDR_PORT")
                .ifPresent(text -> address("TS_DEBUG_ADDR_PORT", text));
        List<IpAddress> pod = podAddresses();
        boolean health = environment.bool(HEALTH, false);
        Optional<InetSocketAddress> old =
                environment.get(OLD_HEALTH).flatMap(text -> address(OLD_HEALTH, text));
        if (health && environment.isGiven(OLD_HEALTH)) {
            wrong.add(HEALTH + " and " + OLD_HEALTH + " are both set; the first is enough");
        }
        List<Probes> all = new ArrayList<>();
        usual(health).ifPresent(address -> all.add(new Probes(address, hasMetrics(), health, pod)));
        old.ifPresent(address -> all.add(new Probes(address, false, true, pod)));
        return all;
    }

    private boolean hasMetrics() {
        return environment.bool("TS_ENABLE_METRICS", false);
    }

    private Optional<InetSocketAddress> usual(boolean health) {
        if (!health && !hasMetrics()) {
            return Optional.empty();
        }
        String text = environment.get("TS_LOCAL_ADDR_PORT").orElse(DEFAULT_ADDRESS);
        return address("TS_LOCAL_ADDR_PORT", withBrackets(text));
    }

    private Optional<InetSocketAddress> address(String name, String text) {
        try {
            return Optional.of(AddressAndPort.parse(text));
        } catch (MalformedException e) {
            wrong.add("error parsing " + name + ": " + e.reason());
            return Optional.empty();
        }
    }

    private List<IpAddress> podAddresses() {
        List<IpAddress> addresses = new ArrayList<>();
        String[] texts = environment.text("POD_IPS").split(",");
        if (texts.length > MOST_POD_ADDRESSES) {
            wrong.add("POD_IPS may have at most two addresses, one of each family");
            return addresses;
        }
        for (String text : texts) {
            try {
                if (!text.isBlank()) {
                    addresses.add(IpAddress.parse(text.strip()));
                }
            } catch (MalformedException e) {
                wrong.add("error parsing POD_IPS: \"" + text + "\" is no IP address");
            }
        }
        return addresses;
    }

    /// Kubernetes puts the pod's IPv6 address into the variable as it is.
    private String withBrackets(String text) {
        for (String pod :
                List.of(environment.text("POD_IP"), environment.text("POD_IPS").split(",")[0])) {
            if (pod.contains(":") && text.startsWith(pod + ":")) {
                return "[" + pod + "]" + text.substring(pod.length());
            }
        }
        return text;
    }
}
