package dev.remora.sidecar.life;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.config.ServeConfig;
import dev.remora.sidecar.config.TcpPortHandler;
import dev.remora.sidecar.serve.AppAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What of all that a serve configuration can say this program can do.
final class Supported {
    private static final String INSTEAD =
            "; forward TCP instead: serve --tcp=80 tcp://localhost:5000";

    private Supported() {}

    /// Refuses what would not be served.
    ///
    /// @throws MalformedException with a reason for people
    static void check(ServeConfig config) throws MalformedException {
        if (isFull(config.services())) {
            throw new MalformedException(
                    "services with addresses of their own are not supported" + INSTEAD);
        }
        if (asksForFunnel(config)) {
            throw new MalformedException(
                    "funnel is not supported: ports are served inside the tailnet only");
        }
        for (Map.Entry<String, TcpPortHandler> port : config.ports().entrySet()) {
            check(port.getKey(), port.getValue());
        }
        for (ServeConfig session : config.sessions().values()) {
            check(session);
        }
    }

    /// Files made for HTTPS often say of each port that it is not for funnel.
    private static boolean asksForFunnel(ServeConfig config) {
        return config.allowFunnel() != null && config.allowFunnel().containsValue(true);
    }

    private static void check(String port, TcpPortHandler handler) throws MalformedException {
        try {
            target(handler);
        } catch (MalformedException e) {
            throw new MalformedException("port " + port + ": " + e.reason());
        }
    }

    private static boolean isFull(@Nullable Map<?, ?> map) {
        return map != null && !map.isEmpty();
    }

    /// Where a port's connections go.
    static AppAddress target(TcpPortHandler handler) throws MalformedException {
        switch (handler.kind()) {
            case HTTPS -> throw new MalformedException("serving HTTPS is not supported" + INSTEAD);
            case HTTP -> throw new MalformedException("serving HTTP is not supported" + INSTEAD);
            case TLS_TERMINATED_TCP ->
                    throw new MalformedException("terminating TLS is not supported" + INSTEAD);
            case TCP -> {}
        }
        if (handler.proxyProtocol() != null && handler.proxyProtocol() != 0) {
            throw new MalformedException("the PROXY protocol is not supported");
        }
        String target = handler.tcpForward();
        if (target == null || target.isEmpty()) {
            throw new MalformedException("a port without anything to forward to");
        }
        if (target.startsWith("unix:")) {
            throw new MalformedException("forwarding to a Unix socket is not supported");
        }
        return AppAddress.parse(target);
    }
}
