package dev.remora.proto.tcp;

import org.junit.jupiter.api.Test;

/// How connections end (RFC 9293 §3.6, RFC 1122 §4.2.2.13, RFC 1337, RFC 6191).
final class CloseScriptTest {
    private static final String OPEN =
            """
            0  < S 0:1 win 65535 mss W ws 8 sackok ts 1 0
            0  > SA 0:1 ack 1
            10 < A 1:1 ack 1 win 256 ts 11 0
            10 ! Connected
            """;

    @Test
    void closesFirstAndStaysInTimeWait() {
        Script.run(
                OPEN
                        + """
                        20 * shutdown
                        20 > FA 1:1+1 ack 1
                        20 = state FIN_WAIT_1
                        30 < A 1:1 ack 2 win 256 ts 31 20
                        30 = state FIN_WAIT_2
                        40 < FA 1:2 ack 2 win 256 ts 41 20
                        40 > A 2:2 ack 2
                        40 ! PeerFinished
                        40 ! Closed FINISHED TIME-WAIT
                        """);
    }

    @Test
    void closesSecondWithoutTimeWait() {
        Script.run(
                OPEN
                        + """
                        20 < FA 1:2 ack 1 win 256 ts 21 0
                        20 ! PeerFinished
                        20 > A 1:1 ack 2
                        20 = state CLOSE_WAIT
                        30 * write 100
                        30 > PA 1:101 ack 2
                        30 * close
                        30 > FA 101:102 ack 2
                        30 = state LAST_ACK
                        40 < A 2:2 ack 102 win 256 ts 41 30
                        40 ! Closed FINISHED
                        40 = chunks 0
                        """);
    }

    @Test
    void closesTogetherWithThePeer() {
        Script.run(
                OPEN
                        + """
                        20 * shutdown
                        20 > FA 1:2 ack 1
                        25 < FA 1:2 ack 1 win 256 ts 26 0
                        25 ! PeerFinished
                        25 > A 2:2 ack 2
                        25 = state CLOSING
                        30 < A 2:2 ack 2 win 256 ts 31 20
                        30 ! Closed FINISHED TIME-WAIT
                        """);
    }

    @Test
    void entersTimeWaitWhenTheFinAcknowledgesOurs() {
        Script.run(
                OPEN
                        + """
                        20 * shutdown
                        20 > FA 1:2 ack 1
                        30 < FA 1:2 ack 2 win 256 ts 31 20
                        30 > A 2:2 ack 2
                        30 ! PeerFinished
                        30 ! Closed FINISHED TIME-WAIT
                        """);
    }

    @Test
    void receivesALotAfterItsOwnFin() {
        StringBuilder script =
                new StringBuilder(
                        OPEN
                                + """
                                20 * shutdown
                                20 > FA 1:2 ack 1
                                30 < A 1:1 ack 2 win 256 ts 31 20
                                """);
        for (int i = 0; i < 1000; i++) {
            script.append("+1 < A 1+%dM:1+%dM ack 2 win 256 ts 40 20%n".formatted(i, i + 1));
            if (i < 16 || i % 2 == 1) {
                script.append("+0 > A 2:2 ack 1+%dM%n".formatted(i + 1));
            }
        }
        script.append(
                """
                +1 < FA 1+1000M:2+1000M ack 2 win 256 ts 40 20
                +0 > A 2:2 ack 2+1000M
                +0 ! PeerFinished
                +0 ! Closed FINISHED TIME-WAIT
                +0 = delivered 1000M
                """);
        Script.run(script.toString());
    }

    @Test
    void resetsWhenClosedWithUnreadBytes() {
        Script.run(
                OPEN
                        + """
                        20 * stall
                        20 < PA 1:101 ack 1 win 256 ts 21 0
                        20 ! Readable
                        20 > A 1:1 ack 101
                        30 * close
                        30 > RA 1:1 ack 101
                        30 ! Closed ABORTED
                        30 = chunks 0
                        """);
    }

    @Test
    void resetsWhenBytesComeAfterItWasClosed() {
        Script.run(
                OPEN
                        + """
                        20 * close
                        20 > FA 1:2 ack 1
                        30 < PA 1:101 ack 2 win 256 ts 31 20
                        30 > RA 2:2 ack 1
                        30 ! Closed ABORTED
                        """);
    }

    @Test
    void waitsSixtySecondsForThePeersFinWhenNobodyListens() {
        Script.run(
                OPEN
                        + """
                        20    * close
                        20    > FA 1:2 ack 1
                        30    < A 1:1 ack 2 win 256 ts 31 20
                        30    = state FIN_WAIT_2
                        60029 = state FIN_WAIT_2
                        60030 ! Closed FINISHED
                        """);
    }

    @Test
    void waitsForEverForThePeersFinWhileTheOwnerReads() {
        Script.run(
                OPEN
                        + """
                        20       * shutdown
                        20       > FA 1:2 ack 1
                        30       < A 1:1 ack 2 win 256 ts 31 20
                        36000000 = state FIN_WAIT_2
                        """);
    }

    @Test
    void repeatsALostFin() {
        Script.run(
                OPEN
                        + """
                        20  * shutdown
                        20  > FA 1:2 ack 1
                        220 > FA 1:2 ack 1
                        280 > FA 1:2 ack 1
                        400 > FA 1:2 ack 1
                        420 > FA 1:2 ack 1
                        620 > FA 1:2 ack 1
                        630 < A 1:1 ack 2 win 256 ts 631 620
                        630 = state FIN_WAIT_2
                        """);
    }

    @Test
    void answersARepeatedFinFromTimeWaitAndIgnoresResets() {
        Script.run(
                OPEN
                        + """
                        20   * shutdown
                        20   > FA 1:2 ack 1
                        30   < FA 1:2 ack 2 win 256 ts 31 20
                        30   > A 2:2 ack 2
                        30   ! PeerFinished
                        30   ! Closed FINISHED TIME-WAIT
                        1000 < FA 1:2 ack 2 win 256 ts 1001 20
                        1000 > A 2:2 ack 2 ts 1000 31
                        1000 ! HANDLED
                        1100 < RA 2:2 ack 2
                        1100 ! HANDLED
                        """);
    }

    @Test
    void tellsANewConnectionFromAnOldSynInTimeWait() {
        Script.run(
                OPEN
                        + """
                        20   * shutdown
                        20   > FA 1:2 ack 1
                        30   < FA 1:2 ack 2 win 256 ts 31 20
                        30   > A 2:2 ack 2
                        30   ! PeerFinished
                        30   ! Closed FINISHED TIME-WAIT
                        1000 < S 500:501 win 65535 mss W ts 31 0
                        1000 > A 2:2 ack 2
                        1000 ! HANDLED
                        2000 < S 500:501 win 65535 mss W ts 32 0
                        2000 ! NEW_CONNECTION
                        """);
    }

    @Test
    void keepsAFinThatCameEarlyUntilTheGapIsFilled() {
        Script.run(
                OPEN
                        + """
                        20 < FA 1+M:2+M+100 ack 1 win 256 ts 21 0
                        20 > A 1:1 ack 1 sack 1+M-1+M+100
                        20 = state ESTABLISHED
                        30 < A 1:1+M ack 1 win 256 ts 31 0
                        30 ! PeerFinished
                        30 > A 1:1 ack 2+M+100 nosack
                        30 = state CLOSE_WAIT
                        30 = delivered M+100
                        """);
    }

    @Test
    void tellsTheEndOnlyBehindTheLastByte() {
        Script.run(
                OPEN
                        + """
                        20 * stall
                        20 < FPA 1:102 ack 1 win 256 ts 21 0
                        20 ! Readable
                        20 > A 1:1 ack 102
                        30 * shutdown
                        30 > FA 1:2 ack 102
                        40 < A 102:102 ack 2 win 256 ts 41 30
                        50 * read 60
                        60 * read 40
                        60 ! PeerFinished
                        60 ! Closed FINISHED
                        60 = chunks 0
                        """);
    }

    @Test
    void abortsWithOneReset() {
        Script.run(
                OPEN
                        + """
                        20 * write 100
                        20 > PA 1:101 ack 1
                        30 * abort
                        30 > RA 101:101 ack 1
                        30 ! Closed ABORTED
                        30 = chunks 0
                        """);
    }

    @Test
    void sendsTheFinWithTheLastBytes() {
        Script.run(
                OPEN
                        + """
                        20 * append 100
                        20 * shutdown
                        20 > FPA 1:102 ack 1
                        """);
    }
}
