package dev.remora.sidecar.serve;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Where the app listens: a host and a port, as a serve target has them.
///
/// @param host a name, or an address without brackets
public record AppAddress(String host, int port) {
    private static final int MAX_PORT = 65535;

    /// Reads `host:port`. IPv6 addresses stand in brackets; without them, as older clients write it, the last colon parts the port.
    ///
    /// @throws MalformedException with a reason for people
    public static AppAddress parse(String text) throws MalformedException {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = port(text.substring(colon + 1));
        AppAddress address = new AppAddress(host, port);
        boolean isName = host.chars().allMatch(c -> c > ' ' && "/:[]".indexOf(c) < 0);
        if (host.isEmpty() || port == 0 || !isName && !address.isLiteral()) {
            throw new MalformedException(
                    "the serve target \"" + text + "\" is not of the form host:port");
        }
        return address;
    }

    private static int port(String text) {
        boolean number =
                !text.isEmpty()
                        && text.length() <= 5
                        && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = number ? Integer.parseInt(text) : 0;
        return port > MAX_PORT ? 0 : port;
    }

    /// Whether [#resolve] knows the answer without asking anybody.
    boolean isFixed() {
        return host.equalsIgnoreCase("localhost") || isLiteral();
    }

    private boolean isLiteral() {
        try {
            IpAddress.parse(host);
            return true;
        } catch (MalformedException e) {
            return false;
        }
    }

    /// The addresses to try, in order. May block unless [#isFixed].
    public List<InetAddress> resolve() throws UnknownHostException {
        if (host.equalsIgnoreCase("localhost")) {
            return List.of(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("::1"));
        }
        return List.of(InetAddress.getAllByName(host));
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
