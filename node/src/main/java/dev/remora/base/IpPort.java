package dev.remora.base;

import java.nio.ByteBuffer;

/// An address and a UDP or TCP port.
public record IpPort(IpAddress ip, int port) {
    /// Length of the form with a 16-byte address: what disco and other tailnet messages carry.
    public static final int MAPPED_LENGTH = 18;

    public IpPort {
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("no port: " + port);
        }
    }

    /// Reads `1.2.3.4:80` or `[2001:db8::1]:80`.
    public static IpPort parse(String text) throws MalformedException {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new MalformedException("no port behind the address");
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        IpAddress ip = IpAddress.parse(bracketed ? host.substring(1, host.length() - 1) : host);
        if (bracketed == ip.v4()) {
            throw new MalformedException(
                    "an IPv6 address with a port stands in brackets, an IPv4 address does not");
        }
        return new IpPort(ip, parsePort(text.substring(colon + 1)));
    }

    /// Reads a port number from 0 to 65535, digits only.
    public static int parsePort(String text) throws MalformedException {
        boolean digits =
                !text.isEmpty()
                        && text.length() <= 5
                        && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || Integer.parseInt(text) > 0xffff) {
            throw new MalformedException("a port is a number from 0 to 65535");
        }
        return Integer.parseInt(text);
    }

    /// Reads 16 bytes of address (IPv4 mapped) and 2 of port.
    public static IpPort readMapped(ByteBuffer in) {
        return new IpPort(IpAddress.readMapped(in), Short.toUnsignedInt(in.getShort()));
    }

    public void writeMapped(ByteBuffer out) {
        ip.writeMapped(out);
        out.putShort((short) port);
    }

    @Override
    public String toString() {
        return ip.v4() ? ip + ":" + port : "[" + ip + "]:" + port;
    }
}
