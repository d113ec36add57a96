package dev.remora.proto.tcp;

import org.junit.jupiter.api.Test;

/// Segments that do not fit: old ones, blind attacks, nonsense (RFC 9293 §3.10.7.4, RFC 5961, RFC 7323 §5).
final class ValidationScriptTest {
    private static final String OPEN =
            """
            0  < S 0:1 win 65535 mss W ws 8 sackok ts 1000 0
            0  > SA 0:1 ack 1
            10 < A 1:1 ack 1 win 256 ts 1010 0
            10 ! Connected
            """;

    @Test
    void isResetByTheExactSequenceNumberOnly() {
        Script.run(
                OPEN
                        + """
                        20  < R 1:1
                        20  ! Closed RESET
                        """);
    }

    @Test
    void challengesAResetElsewhereInTheWindow() {
        Script.run(
                OPEN
                        + """
                        20  < R 100:100
                        20  > A 1:1 ack 1
                        20  = state ESTABLISHED
                        """);
    }

    @Test
    void ignoresAResetOutsideTheWindow() {
        Script.run(
                OPEN
                        + """
                        20  < R 100000:100000
                        20  < R 0:0
                        20  = silent
                        20  = state ESTABLISHED
                        """);
    }

    @Test
    void challengesASyn() {
        Script.run(
                OPEN
                        + """
                        20  < S 5:6 win 65535 mss W ts 1020 0
                        20  > A 1:1 ack 1
                        600 < S 90000:90001 win 65535 mss W ts 1600 0
                        600 > A 1:1 ack 1
                        600 = state ESTABLISHED
                        """);
    }

    @Test
    void challengesAcknowledgementsOfTheFutureAndTheDistantPast() {
        Script.run(
                OPEN
                        + """
                        20   < A 1:1 ack 2 win 256 ts 1020 0
                        20   > A 1:1 ack 1
                        1000 * write 10
                        1000 > PA 1:11 ack 1
                        1010 < A 1:1 ack 11 win 256 ts 2010 1000
                        2000 < A 1:1 ack 11 win 256 ts 3000 1000
                        2000 < A 1:1 ack 4294901000 win 256 ts 3000 1000
                        2000 > A 11:11 ack 1
                        """);
    }

    @Test
    void challengesOnceInHalfASecond() {
        Script.run(
                OPEN
                        + """
                        20  < R 100:100
                        20  > A 1:1 ack 1
                        100 < R 100:100
                        519 < S 7:8 win 1000 ts 1519 0
                        519 = silent
                        520 < R 100:100
                        520 > A 1:1 ack 1
                        """);
    }

    @Test
    void dropsOldTimestampsWithAnAcknowledgement() {
        Script.run(
                OPEN
                        + """
                        20 < PA 1:101 ack 1 win 256 ts 1020 0
                        20 > A 1:1 ack 101
                        30 < PA 101:201 ack 1 win 256 ts 1019 0
                        30 > A 1:1 ack 101 ts 30 1020
                        30 = delivered 100
                        """);
    }

    @Test
    void believesAnOldTimestampAfterTwentyFourDays() {
        Script.run(
                OPEN
                        + """
                        20         < PA 1:101 ack 1 win 256 ts 1020 0
                        20         > A 1:1 ack 101
                        2073600030 < PA 101:201 ack 1 win 256 ts 500 0
                        2073600030 > A 1:1 ack 201
                        """);
    }

    @Test
    void dropsSegmentsWithoutTheNegotiatedTimestamp() {
        Script.run(
                OPEN
                        + """
                        20 < PA 1:101 ack 1 win 256
                        20 = silent
                        20 = delivered 0
                        """);
    }

    @Test
    void dropsSegmentsWithoutAcknowledgement() {
        Script.run(
                OPEN
                        + """
                        20 < F 1:2 win 256 ts 1020 0
                        20 ! Malformed tcp flags
                        20 = state ESTABLISHED
                        """);
    }

    @Test
    void takesUrgentDataAsAnyOther() {
        Script.run(
                OPEN
                        + """
                        20 < UPA 1:101 ack 1 win 256 ts 1020 0
                        20 > A 1:1 ack 101
                        20 = delivered 100
                        """);
    }

    @Test
    void goesOnOverTheEndOfTheSequenceSpace() {
        // Both directions begin just below a point where the numbers wrap, see Script.
        Script.run(
                OPEN
                        + """
                        20 * write 3M
                        20 > A 1:1+M ack 1
                        20 > A 1+M:1+2M ack 1
                        20 > PA 1+2M:1+3M ack 1
                        30 <+ A 1:1+M ack 1+M win 256 ts 1030 20
                        30 <+ A 1+M:1+2M ack 1+2M win 256 ts 1030 20
                        30 < A 1+2M:1+3M ack 1+3M win 256 ts 1030 20
                        30 > A 1+3M:1+3M ack 1+3M
                        30 = delivered 3M
                        """);
    }
}
