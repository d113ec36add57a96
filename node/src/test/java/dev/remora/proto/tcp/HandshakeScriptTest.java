package dev.remora.proto.tcp;

import org.junit.jupiter.api.Test;

/// How connections begin (RFC 9293 §3.5, RFC 7323, RFC 5961).
final class HandshakeScriptTest {
    /// A client's ordinary three packets; the connection is then open at both ends.
    static final String OPEN =
            """
            0  < S 0:1 win 65535 mss W ws 8 sackok ts 1 0
            0  > SA 0:1 ack 1 win 65535 mss W ws 8 sackok ts 0 1
            10 < A 1:1 ack 1 win 256 ts 11 0
            10 ! Connected
            """;

    @Test
    void answersASynWithEverythingItOffers() {
        Script.run(
                """
                0  < S 0:1 win 65535 mss W ws 8 sackok ts 1 0
                0  > SA 0:1 ack 1 win 65535 mss W ws 8 sackok ts 0 1
                10 < A 1:1 ack 1 win 256 ts 11 0
                10 ! Connected
                10 = state ESTABLISHED
                """);
    }
}
