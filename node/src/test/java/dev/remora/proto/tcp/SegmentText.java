package dev.remora.proto.tcp;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.proto.ip.Checksum;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Segments as a line of text, both ways; for scripts. Fields behind the sequence range may be left out:
///
///     SA 0:1 ack 1 win 65535 mss 1240 ws 8 sackok ts 100 0
///     A 1:1 ack 1+2M sack 1+3M-1+4M
///
/// Numbers are sums of integers, multiples of `M` (payload of a full segment) and `W` (the MSS option's value).
final class SegmentText {
    private final int fullPayload;
    private final int mssOption;

    SegmentText(int fullPayload, int mssOption) {
        this.fullPayload = fullPayload;
        this.mssOption = mssOption;
    }

    /// The value of "1+2M".
    long number(String text) {
        long sum = 0;
        for (String term : text.split("\\+")) {
            int unit = term.endsWith("M") ? fullPayload : term.endsWith("W") ? mssOption : 1;
            String digits =
                    unit == 1 && !term.endsWith("M") && !term.endsWith("W")
                            ? term
                            : term.substring(0, term.length() - 1);
            sum += unit * (digits.isEmpty() ? 1 : Long.parseLong(digits));
        }
        return sum;
    }

    /// Writes the packet a line describes, from the remote end of `flow`, with payload bytes that tell their offset.
    ByteBuffer write(String line, Flow flow, int irs, int iss, TimestampClock echoed) {
        String[] words = line.trim().split("\\s+");
        String[] range = words[1].split(":");
        long start = number(range[0]);
        int syn = words[0].contains("S") ? 1 : 0;
        int fin = words[0].contains("F") ? 1 : 0;
        int length = (int) (number(range[1]) - start) - syn - fin;
        ByteBuffer options = ByteBuffer.allocate(80);
        long ack = 0;
        int window = 0xffff;
        for (int i = 2; i < words.length; i++) {
            switch (words[i]) {
                case "ack" -> ack = number(words[++i]);
                case "win" -> window = (int) number(words[++i]);
                case "mss" -> options.putShort((short) 0x0204).putShort((short) number(words[++i]));
                case "ws" -> options.put((byte) 3).put((byte) 3).put((byte) number(words[++i]));
                case "sackok" -> options.putShort((short) 0x0402);
                case "ts" -> {
                    options.putShort((short) 0x080a).putInt((int) number(words[++i]));
                    long echo = number(words[++i]);
                    options.putInt(echo == 0 ? 0 : echoed.at(echo * TimestampClock.TICK));
                }
                case "sack" -> sack(options, words[++i], iss);
                default -> throw new IllegalArgumentException(words[i]);
            }
        }
        while (options.position() % 4 != 0) {
            options.put((byte) 1);
        }
        return packet(
                flow,
                flags(words[0]),
                irs + (int) start,
                iss + (int) ack,
                window,
                options.flip(),
                start,
                length);
    }

    private void sack(ByteBuffer options, String blocks, int iss) {
        String[] all = blocks.split(",");
        options.put((byte) 5).put((byte) (2 + 8 * all.length));
        for (String block : all) {
            String[] edges = block.split("-");
            options.putInt(iss + (int) number(edges[0])).putInt(iss + (int) number(edges[1]));
        }
    }

    private static int flags(String text) {
        int flags = 0;
        for (char c : text.toCharArray()) {
            flags |=
                    switch (c) {
                        case 'F' -> TcpSegment.FIN;
                        case 'S' -> TcpSegment.SYN;
                        case 'R' -> TcpSegment.RST;
                        case 'P' -> TcpSegment.PSH;
                        case 'A' -> TcpSegment.ACK;
                        case 'U' -> TcpSegment.URG;
                        case '-' -> 0;
                        default -> throw new IllegalArgumentException(text);
                    };
        }
        return flags;
    }

    static ByteBuffer packet(
            Flow flow,
            int flags,
            int seq,
            int ack,
            int window,
            ByteBuffer options,
            long start,
            int length) {
        IpHeader ip = new IpHeader(flow.remote(), flow.local(), IpProtocol.TCP, 0);
        int headerLength = 20 + options.remaining();
        ByteBuffer out = ByteBuffer.allocateDirect(ip.length() + headerLength + length);
        ip.write(out, headerLength + length);
        out.putShort((short) flow.remotePort())
                .putShort((short) flow.localPort())
                .putInt(seq)
                .putInt(ack);
        out.put((byte) (headerLength << 2))
                .put((byte) flags)
                .putShort((short) window)
                .putInt(0)
                .put(options);
        for (int i = 0; i < length; i++) {
            out.put(Stream.byteAt(start + i));
        }
        return out.flip();
    }

    /// Describes a packet that a connection wrote, relative to both initial sequence numbers, after checking its checksums.
    String read(ByteBuffer packet, int iss, int irs, TimestampClock clock) {
        TcpSegment segment = parse(packet);
        List<String> words = new ArrayList<>();
        words.add(flagText(segment));
        int start = segment.seq() - iss;
        words.add(unsigned(start) + ":" + unsigned(start + segment.length()));
        if (segment.has(TcpSegment.ACK)) {
            words.add("ack " + unsigned(segment.ack() - irs));
        }
        words.add("win " + segment.window());
        if (segment.mss() != 0) {
            words.add("mss " + segment.mss());
        }
        if (segment.windowShift() >= 0) {
            words.add("ws " + segment.windowShift());
        }
        if (segment.sackPermitted()) {
            words.add("sackok");
        }
        if (segment.hasTimestamps()) {
            int millis = segment.tsValue() - clock.at(0);
            words.add("ts " + millis + " " + Integer.toUnsignedString(segment.tsEcho()));
        }
        if (segment.sackBlocks() > 0) {
            List<String> blocks = new ArrayList<>();
            for (int i = 0; i < segment.sackBlocks(); i++) {
                blocks.add(
                        unsigned(segment.sackLeft(i) - irs)
                                + "-"
                                + unsigned(segment.sackRight(i) - irs));
            }
            words.add("sack " + String.join(",", blocks));
        }
        return String.join(" ", words);
    }

    /// Parses a packet; its lengths and both checksums must be right.
    static TcpSegment parse(ByteBuffer packet) {
        try {
            IpPacket ip = IpPacket.of(packet);
            int length = ip.end() - ip.transportOffset();
            long pseudo = Checksum.pseudoHeader(ip, IpProtocol.TCP, length);
            if (Checksum.finish(pseudo + Checksum.sum(packet, ip.transportOffset(), length)) != 0) {
                throw new AssertionError("wrong TCP checksum");
            }
            if (ip.end() != packet.limit()) {
                throw new AssertionError("IP length " + ip.end() + " of " + packet.limit());
            }
            return new TcpSegment().parse(packet, ip.transportOffset(), ip.end());
        } catch (MalformedException e) {
            throw new AssertionError(e.reason(), e);
        }
    }

    private static String unsigned(int value) {
        return Integer.toUnsignedString(value);
    }

    private static String flagText(TcpSegment segment) {
        StringBuilder text = new StringBuilder();
        text.append(segment.has(TcpSegment.FIN) ? "F" : "");
        text.append(segment.has(TcpSegment.SYN) ? "S" : "");
        text.append(segment.has(TcpSegment.RST) ? "R" : "");
        text.append(segment.has(TcpSegment.PSH) ? "P" : "");
        text.append(segment.has(TcpSegment.ACK) ? "A" : "");
        return text.toString().toUpperCase(Locale.ROOT);
    }

    /// Whether every field that `expected` names stands in `actual` with the same value, and the flags and range are equal.
    boolean matches(String expected, String actual) {
        String[] want = expected.trim().split("\\s+");
        String[] have = actual.split("\\s+");
        String[] range = want[1].split(":");
        if (!want[0].equals(have[0])
                || !have[1].equals(number(range[0]) + ":" + number(range[1]))) {
            return false;
        }
        String rest = " " + actual + " ";
        for (int i = 2; i < want.length; i++) {
            String field =
                    switch (want[i]) {
                        case "sackok" -> "sackok";
                        case "ts" -> "ts " + number(want[++i]) + " " + number(want[++i]);
                        case "sack" -> "sack " + blocks(want[++i]);
                        case "nosack" -> "";
                        default -> want[i] + " " + number(want[++i]);
                    };
            if (field.isEmpty() ? rest.contains(" sack ") : !rest.contains(" " + field + " ")) {
                return false;
            }
        }
        return true;
    }

    private String blocks(String text) {
        List<String> blocks = new ArrayList<>();
        for (String block : text.split(",")) {
            String[] edges = block.split("-");
            blocks.add(number(edges[0]) + "-" + number(edges[1]));
        }
        return String.join(",", blocks);
    }

    static Flow flow(boolean v4) {
        return v4
                ? new Flow(IpAddress.v4(0x64400001), 80, IpAddress.v4(0x64400002), 40_000)
                : new Flow(
                        IpAddress.v6(0xfd7a115c00000000L, 1),
                        80,
                        IpAddress.v6(0xfd7a115c00000000L, 2),
                        40_000);
    }
}
