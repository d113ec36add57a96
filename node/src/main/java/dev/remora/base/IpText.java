package dev.remora.base;

import java.util.Arrays;

/// Text forms of addresses: RFC 4291 §2.2 for reading, RFC 5952 for writing.
final class IpText {
    private static final int GROUPS = 8;

    private IpText() {}

    static IpAddress parse(String text) throws MalformedException {
        return text.indexOf(':') < 0 ? IpAddress.v4(parseV4(text)) : parseV6(text);
    }

    private static int parseV4(String text) throws MalformedException {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            throw bad(text);
        }
        int bits = 0;
        for (String part : parts) {
            bits = bits << 8 | octet(part, text);
        }
        return bits;
    }

    /// Leading zeros are refused: some readers take them for octal.
    private static int octet(String part, String text) throws MalformedException {
        boolean digits =
                !part.isEmpty()
                        && part.length() <= 3
                        && part.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || part.length() > 1 && part.charAt(0) == '0' || Integer.parseInt(part) > 255) {
            throw bad(text);
        }
        return Integer.parseInt(part);
    }

    private static IpAddress parseV6(String text) throws MalformedException {
        int gap = text.indexOf("::");
        if (gap < 0) {
            return join(groups(text, text), GROUPS, text);
        }
        if (text.indexOf("::", gap + 1) >= 0) {
            throw bad(text);
        }
        int[] before = gap == 0 ? new int[0] : groups(text.substring(0, gap), text);
        String rest = text.substring(gap + 2);
        int[] after = rest.isEmpty() ? new int[0] : groups(rest, text);
        if (before.length + after.length >= GROUPS || gap > 0 && text.lastIndexOf('.', gap) >= 0) {
            throw bad(text);
        }
        int[] all = Arrays.copyOf(before, GROUPS);
        System.arraycopy(after, 0, all, GROUPS - after.length, after.length);
        return join(all, GROUPS, text);
    }

    private static int[] groups(String part, String text) throws MalformedException {
        String[] words = part.split(":", -1);
        boolean dotted = words[words.length - 1].indexOf('.') >= 0;
        int[] groups = new int[words.length + (dotted ? 1 : 0)];
        if (groups.length > GROUPS) {
            throw bad(text);
        }
        for (int i = 0; i < words.length - (dotted ? 1 : 0); i++) {
            groups[i] = group(words[i], text);
        }
        if (dotted) {
            int v4 = parseV4(words[words.length - 1]);
            groups[groups.length - 2] = v4 >>> 16;
            groups[groups.length - 1] = v4 & 0xffff;
        }
        return groups;
    }

    private static int group(String word, String text) throws MalformedException {
        boolean hex =
                !word.isEmpty()
                        && word.length() <= 4
                        && word.chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0);
        if (!hex) {
            throw bad(text);
        }
        return Integer.parseInt(word, 16);
    }

    private static IpAddress join(int[] groups, int expected, String text)
            throws MalformedException {
        if (groups.length != expected) {
            throw bad(text);
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < 4; i++) {
            high = high << 16 | groups[i];
            low = low << 16 | groups[i + 4];
        }
        return IpAddress.v6(high, low);
    }

    private static MalformedException bad(String text) {
        String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
        return new MalformedException("\"" + shown + "\" is no IP address");
    }

    static String format(IpAddress ip) {
        if (ip.v4()) {
            int bits = (int) ip.low();
            return (bits >>> 24)
                    + "."
                    + (bits >>> 16 & 255)
                    + "."
                    + (bits >>> 8 & 255)
                    + "."
                    + (bits & 255);
        }
        IpAddress inner = ip.unmapped();
        return inner.v4() ? "::ffff:" + format(inner) : formatV6(ip);
    }

    private static String formatV6(IpAddress ip) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < 4; i++) {
            groups[i] = (int) (ip.high() >>> 48 - 16 * i) & 0xffff;
            groups[i + 4] = (int) (ip.low() >>> 48 - 16 * i) & 0xffff;
        }
        int start = longestZeroRun(groups);
        int end = start < 0 ? -1 : runEnd(groups, start);
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == start) {
                text.append("::");
                i = end - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    /// RFC 5952 §4.2: the longest run of zero groups, the first of equals, and never a run of one. -1 for none.
    private static int longestZeroRun(int[] groups) {
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int length = runEnd(groups, i) - i;
            if (length > bestLength) {
                best = i;
                bestLength = length;
            }
        }
        return best;
    }

    private static int runEnd(int[] groups, int start) {
        int end = start;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end;
    }
}
