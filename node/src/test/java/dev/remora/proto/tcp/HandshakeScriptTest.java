package dev.remora.proto.tcp;

import org.junit.jupiter.api.Test;

/// How connections begin (RFC 9293 §3.5 and §3.10.7, RFC 7323, RFC 6298 §5.7).
final class HandshakeScriptTest {
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

    @Test
    void answersAPlainSynPlainlyAndSendsSmallSegments() {
        Script.run(
                """
                0  < S 0:1 win 2000
                0  > SA 0:1 ack 1 win 65535 mss W
                10 < A 1:1 ack 1 win 20000
                10 ! Connected
                """);
        // RFC 9293 §3.7.1: 536 over IPv4 if the peer names no MSS; over IPv6 the whole 1220.
        Script.runV4(
                """
                0  < S 0:1 win 2000
                0  > SA 0:1 ack 1 win 65535 mss W
                10 < A 1:1 ack 1 win 20000
                10 ! Connected
                10 * write 1000
                10 > A 1:537 ack 1
                10 > PA 537:1001 ack 1
                """);
    }

    @Test
    void repeatsTheSynAckForARepeatedSyn() {
        Script.run(
                """
                0   < S 0:1 win 65535 mss W ws 8 sackok
                0   > SA 0:1 ack 1 win 65535 mss W ws 8 sackok
                300 < S 0:1 win 65535 mss W ws 8 sackok
                300 > SA 0:1 ack 1 win 65535 mss W ws 8 sackok
                """);
    }

    @Test
    void repeatsTheSynAckThreeTimesThenForgets() {
        Script.run(
                """
                0     < S 0:1 win 65535 mss W
                0     > SA 0:1 ack 1
                1000  > SA 0:1 ack 1
                3000  > SA 0:1 ack 1
                7000  > SA 0:1 ack 1
                15000 ! Closed TIMEOUT
                """);
    }

    @Test
    void dropsTheHalfOpenConnectionOnReset() {
        Script.run(
                """
                0  < S 0:1 win 65535 mss W
                0  > SA 0:1 ack 1
                10 < R 1:1
                10 ! Closed RESET
                """);
    }

    @Test
    void resetsWhenTheHandshakeIsAcknowledgedWrongly() {
        Script.run(
                """
                0  < S 0:1 win 65535 mss W
                0  > SA 0:1 ack 1
                10 < A 1:1 ack 77 win 1000
                10 > R 77:77
                10 = state SYN_RECEIVED
                20 < A 1:1 ack 1 win 1000
                20 ! Connected
                """);
    }

    @Test
    void opensAndSendsWhatWasWrittenBefore() {
        Script.run(
                """
                0  * connect
                0  > S 0:1 win 65535 mss W ws 8 sackok
                0  * append 100
                50 < SA 0:1 ack 1 win 65535 mss W ws 8 sackok ts 900 0
                50 ! Connected
                50 > PA 1:101 ack 1 ts 50 900
                """);
    }

    @Test
    void acknowledgesTheSynAckAtOnce() {
        Script.run(
                """
                0  * connect
                0  > S 0:1 win 65535
                50 < SA 0:1 ack 1 win 65535 mss W
                50 ! Connected
                50 > A 1:1 ack 1
                """);
    }

    @Test
    void repeatsTheSynSixTimes() {
        Script.run(
                """
                0      * connect
                0      > S 0:1
                1000   > S 0:1
                3000   > S 0:1
                7000   > S 0:1
                15000  > S 0:1
                31000  > S 0:1
                63000  > S 0:1
                127000 ! Closed TIMEOUT
                """);
    }

    @Test
    void opensWhenBothSidesBegin() {
        Script.run(
                """
                0  * connect
                0  > S 0:1
                10 < S 0:1 win 65535 mss W
                10 > SA 0:1 ack 1
                10 = state SYN_RECEIVED
                20 < SA 0:1 ack 1 win 65535 mss W
                20 ! Connected
                20 > A 1:1 ack 1
                20 = state ESTABLISHED
                """);
    }

    @Test
    void resetsAnAcknowledgementOfWhatItNeverSentAndGoesOn() {
        Script.run(
                """
                0  * connect
                0  > S 0:1
                10 < A 5:5 ack 99 win 1000
                10 > R 99:99
                10 = state SYN_SENT
                20 < RA 5:5 ack 99
                20 = silent
                """);
    }

    @Test
    void isRefusedByAResetThatAcknowledgesTheSyn() {
        Script.run(
                """
                0  * connect
                0  > S 0:1
                10 < RA 0:0 ack 1
                10 ! Closed REFUSED
                """);
    }

    @Test
    void ignoresAResetThatAcknowledgesNothing() {
        Script.run(
                """
                0  * connect
                0  > S 0:1
                10 < R 0:0
                10 = state SYN_SENT
                """);
    }

    @Test
    void isRefusedByAnUnreachableMessageThatQuotesTheSyn() {
        Script.run(
                """
                0  * connect
                0  > S 0:1
                10 * unreachable 5
                10 = state SYN_SENT
                10 * unreachable 0
                10 ! Closed REFUSED
                """);
    }

    @Test
    void dropsSynWithFinAndSegmentsWithoutFlags() {
        Script.run(
                """
                0  < S 0:1 win 65535 mss W
                0  > SA 0:1 ack 1
                10 < SF 0:2 win 65535
                10 ! Malformed tcp flags
                10 < - 1:1 win 65535
                10 ! Malformed tcp flags
                """);
    }

    @Test
    void beginsDataWithThreeSecondsAfterALostSyn() {
        Script.run(
                withoutSackAndTimestamps(),
                """
                0     < S 0:1 win 65535 mss W
                0     > SA 0:1 ack 1
                1000  > SA 0:1 ack 1
                1500  < A 1:1 ack 1 win 60000
                1500  ! Connected
                1500  * write 100
                1500  > PA 1:101 ack 1
                4500  > PA 1:101 ack 1
                10500 > PA 1:101 ack 1
                """);
    }

    private static TcpConfig withoutSackAndTimestamps() {
        return TcpConfig.defaults().with(new TcpConfig.Features(false, false, true, true));
    }
}
