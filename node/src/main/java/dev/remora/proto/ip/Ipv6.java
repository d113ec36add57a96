package dev.remora.proto.ip;

/// Where things stand in an IPv6 header (RFC 8200 §3) and in the fragment header behind it (§4.5).
///
///     0  version 4, traffic class 8, flow label 20
///     4  payload length | 6 next header | 7 hop limit
///     8  source         | 24 destination
///     40 next header | 41 reserved | 42 fragment offset 13, reserved 2, M | 44 identification
final class Ipv6 {
    static final int FLOW_LABEL_MASK = 0xfffff;
    static final int PAYLOAD_LENGTH = 4;
    static final int NEXT_HEADER = 6;
    static final int HOP_LIMIT = 7;
    static final int SRC = 8;
    static final int DST = 24;
    static final int HEADER_LENGTH = 40;
    static final int FRAGMENT_HEADER_LENGTH = 8;

    private Ipv6() {}
}
