package dev.remora.proto.ip;

/// Where things stand in an IPv4 header (RFC 791 §3.1).
///
///     0  version, header length in words | 1 service | 2 total length
///     4  identification                  | 6 0, DF, MF, fragment offset 13 in units of 8 bytes
///     8  time to live | 9 protocol       | 10 header checksum
///     12 source                          | 16 destination | 20 options
final class Ipv4 {
    static final int TOTAL_LENGTH = 2;
    static final int ID = 4;
    static final int FRAGMENT = 6;
    static final int TTL = 8;
    static final int PROTOCOL = 9;
    static final int CHECKSUM = 10;
    static final int SRC = 12;
    static final int DST = 16;
    static final int HEADER_LENGTH = 20;

    private Ipv4() {}
}
