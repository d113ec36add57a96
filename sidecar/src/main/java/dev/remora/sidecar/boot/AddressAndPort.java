package dev.remora.sidecar.boot;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// `ip:port`, as the variables that name a listener have it: an address, never a name.
final class AddressAndPort {
    private static final int MAX_PORT = 0xffff;

    private AddressAndPort() {}

    /// @throws MalformedException with a reason for people
    static InetSocketAddress parse(String text) throws MalformedException {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        if (brackets) {
            host = host.substring(1, host.length() - 1);
        }
        int port = port(text.substring(colon + 1));
        if (port < 0 || host.contains(":") != brackets) {
            throw new MalformedException("\"" + text + "\" is not of the form address:port");
        }
        if (host.isEmpty()) {
            throw new MalformedException(
                    "\"%s\" has no address before the port; for all of this machine's, write [::]:%d"
                            .formatted(text, port));
        }
        try {
            byte[] address = IpAddress.parse(host).toBytes();
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (MalformedException | UnknownHostException e) {
            throw new MalformedException(
                    "\""
                            + host
                            + "\" in \""
                            + text
                            + "\" is no IP address; names are not looked up");
        }
    }

    private static int port(String text) {
        boolean number =
                !text.isEmpty()
                        && text.length() <= 5
                        && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = number ? Integer.parseInt(text) : -1;
        return port > MAX_PORT ? -1 : port;
    }
}
