package dev.remora.base;

/// An address and how many of its leading bits count. Host bits may be set, as control servers send them;
/// [#masked] clears them.
public record IpPrefix(IpAddress ip, int bits) {
    public IpPrefix {
        if (bits < 0 || bits > ip.bits()) {
            throw new IllegalArgumentException("no prefix of " + ip + ": /" + bits);
        }
    }

    /// The prefix that holds this address alone.
    public static IpPrefix single(IpAddress ip) {
        return new IpPrefix(ip, ip.bits());
    }

    /// Reads `10.0.0.0/8` or `fd00::/8`; the length has no sign and no leading zero.
    public static IpPrefix parse(String text) throws MalformedException {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new MalformedException("no /length behind the address");
        }
        IpAddress ip = IpAddress.parse(text.substring(0, slash));
        return new IpPrefix(ip, parseBits(text.substring(slash + 1), ip.bits()));
    }

    private static int parseBits(String text, int max) throws MalformedException {
        boolean digits =
                !text.isEmpty()
                        && text.length() <= 3
                        && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || text.length() > 1 && text.charAt(0) == '0' || Integer.parseInt(text) > max) {
            throw new MalformedException("a prefix length is a number from 0 to " + max);
        }
        return Integer.parseInt(text);
    }

    public boolean contains(IpAddress other) {
        if (other.v4() != ip.v4()) {
            return false;
        }
        return ((ip.high() ^ other.high()) & highMask()) == 0
                && ((ip.low() ^ other.low()) & lowMask()) == 0;
    }

    /// Whether this is one address and nothing else.
    public boolean isSingle() {
        return bits == ip.bits();
    }

    public boolean isMasked() {
        return equals(masked());
    }

    /// The same prefix with its host bits cleared.
    public IpPrefix masked() {
        return new IpPrefix(
                new IpAddress(ip.high() & highMask(), ip.low() & lowMask(), ip.v4()), bits);
    }

    private long highMask() {
        return ip.v4() || bits == 0 ? 0 : -1L << Math.max(0, 64 - bits);
    }

    private long lowMask() {
        int lowBits = ip.v4() ? bits + 32 : bits - 64;
        return lowBits <= 0 || ip.v4() && bits == 0 ? 0 : -1L << 64 - lowBits;
    }

    @Override
    public String toString() {
        return ip + "/" + bits;
    }
}
