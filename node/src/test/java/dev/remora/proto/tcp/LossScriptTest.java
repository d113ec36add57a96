package dev.remora.proto.tcp;

import static dev.remora.proto.tcp.Script.OPEN;

import org.junit.jupiter.api.Test;

/// Losses, reordering and timeouts (RFC 8985, RFC 6298, RFC 5682, RFC 9937, RFC 6582).
final class LossScriptTest {
    private static final String TEN_SENT =
            """
            20 * append 10M
            20 * flush
            20 > A 1:1+M ack 1
            20 > A 1+M:1+2M ack 1
            20 > A 1+2M:1+3M ack 1
            20 > A 1+3M:1+4M ack 1
            20 > A 1+4M:1+5M ack 1
            20 > A 1+5M:1+6M ack 1
            20 > A 1+6M:1+7M ack 1
            20 > A 1+7M:1+8M ack 1
            20 > A 1+8M:1+9M ack 1
            20 > PA 1+9M:1+10M ack 1
            """;

    /// Without pacing, so that a script shows what recovery allows.
    private static void run(String script) {
        Script.run(
                TcpConfig.defaults().with(new TcpConfig.Features(true, true, false, true)), script);
    }

    /// Nothing is answered: what is sent again, and when.
    private static final String SILENCE =
            """
            20    * write 100
            20    > PA 1:101 ack 1
            220   > PA 1:101 ack 1
            280   > PA 1:101 ack 1
            400   > PA 1:101 ack 1
            420   > PA 1:101 ack 1
            620   > PA 1:101 ack 1
            820   > PA 1:101 ack 1
            1020  > PA 1:101 ack 1
            1260  > PA 1:101 ack 1
            1420  > PA 1:101 ack 1
            """;

    @Test
    void sendsAgainAtOnceAfterThreeSackedSegments() {
        run(
                OPEN
                        + TEN_SENT
                        + """
                        30   < A 1:1 ack 1 win 256 sack 1+M-1+2M
                        31   < A 1:1 ack 1 win 256 sack 1+M-1+3M
                        32   < A 1:1 ack 1 win 256 sack 1+M-1+4M
                        32   > A 1:1+M ack 1
                        32   = recoveries 1
                        42   < A 1:1 ack 1+10M win 256
                        42   = silent
                        """);
    }

    @Test
    void waitsAQuarterRoundTripForAReorderedSegment() {
        run(
                OPEN
                        + TEN_SENT
                        + """
                        30   < A 1:1 ack 1 win 256 sack 1+M-1+2M
                        32.5 > A 1:1+M ack 1
                        """);
    }

    @Test
    void isQuietAboutReorderingOnceADuplicateWasReported() {
        run(
                OPEN
                        + TEN_SENT
                        + """
                        30   < A 1:1 ack 1 win 256 sack 1+M-1+4M
                        30   > A 1:1+M ack 1
                        31   < A 1:1 ack 1+10M win 256
                        32   < A 1:1 ack 1+10M win 256 sack 1-1+M
                        32   = undone 1
                        40   * append 5M
                        40   * flush
                        40   > A 1+10M:1+11M ack 1
                        40   > A 1+11M:1+12M ack 1
                        40   > A 1+12M:1+13M ack 1
                        40   > A 1+13M:1+14M ack 1
                        40   > PA 1+14M:1+15M ack 1
                        50   < A 1:1 ack 1+10M win 256 sack 1+11M-1+14M
                        51   < A 1:1 ack 1+14M win 256
                        52   < A 1:1 ack 1+15M win 256
                        52   = recoveries 1
                        """);
    }

    @Test
    void probesTheTailAfterTwoRoundTrips() {
        run(
                OPEN
                        + TEN_SENT
                        + """
                        30   < A 1:1 ack 1+7M win 256
                        50   > PA 1+9M:1+10M ack 1
                        60   < A 1:1 ack 1+10M win 256
                        60   = timeouts 0
                        """);
    }

    @Test
    void reducesOnceWhenTheProbeRepairedALoss() {
        run(
                OPEN
                        + TEN_SENT
                        + """
                        30   < A 1:1 ack 1+9M win 256
                        230  > PA 1+9M:1+10M ack 1
                        240  < A 1:1 ack 1+10M win 256
                        250  * write M
                        250  > PA 1+10M:1+11M ack 1
                        260  < A 1:1 ack 1+11M win 256
                        260  = recoveries 1
                        """);
    }

    @Test
    void doesNotReduceWhenTheProbeWasADuplicate() {
        run(
                OPEN
                        + TEN_SENT
                        + """
                        30   < A 1:1 ack 1+9M win 256
                        230  > PA 1+9M:1+10M ack 1
                        235  < A 1:1 ack 1+10M win 256
                        240  < A 1:1 ack 1+10M win 256 sack 1+9M-1+10M
                        250  * write M
                        250  > PA 1+10M:1+11M ack 1
                        260  < A 1:1 ack 1+11M win 256
                        260  = recoveries 0
                        """);
    }

    @Test
    void probesWithNewDataWhenThereIsSome() {
        run(
                OPEN.replace("win 256", "win 256")
                        + TEN_SENT
                        + """
                        25   * append M
                        40   > PA 1+10M:1+11M ack 1
                        """);
    }

    @Test
    void noticesThatARetransmissionWasLostToo() {
        run(
                OPEN
                        + TEN_SENT
                        + """
                        30   < A 1:1 ack 1 win 256 sack 1+M-1+4M
                        30   > A 1:1+M ack 1
                        30   * append 4M
                        30   * flush
                        31   < A 1:1 ack 1 win 256 sack 1+M-1+9M
                        31   > A 1+10M:1+11M ack 1
                        31   > A 1+11M:1+12M ack 1
                        31   > A 1+12M:1+13M ack 1
                        31   > PA 1+13M:1+14M ack 1
                        41   < A 1:1 ack 1 win 256 sack 1+M-1+11M
                        41   > A 1:1+M ack 1
                        """);
    }

    @Test
    void sendsTheHeadFirstAfterATimeout() {
        run(
                OPEN
                        + TEN_SENT
                        + """
                        40   > PA 1+9M:1+10M ack 1
                        100  > A 1:1+M ack 1
                        220  > A 1:1+M ack 1
                        240  > A 1:1+M ack 1
                        240  = timeouts 1
                        240  = cwnd M
                        250  < A 1:1 ack 1+M win 256
                        250  = cwnd 2M
                        250  > A 1+M:1+2M ack 1
                        250  > A 1+2M:1+3M ack 1
                        """);
    }

    @Test
    void doublesTheTimeoutAfterThreeInARow() {
        run(OPEN + SILENCE);
    }

    @Test
    void triesANewPathAtOnceWhenTheOldOneWasSilent() {
        run(
                OPEN
                        + SILENCE
                        + """
                        1500  * path DIRECT
                        1500  > PA 1:101 ack 1
                        1560  > PA 1:101 ack 1
                        1680  > PA 1:101 ack 1
                        1700  > PA 1:101 ack 1
                        """);
    }

    @Test
    void doesNotWaitOutALongTimeoutWhenThePeerIsHeardAgain() {
        run(
                OPEN
                        + SILENCE
                        + """
                        1430  < PA 1:51 ack 1 win 256
                        1430  > A 101:101 ack 51
                        1630  > PA 1:101 ack 51
                        """);
    }

    @Test
    void undoesATimeoutThatNewDataProvesWrong() {
        // F-RTO (RFC 5682): no timestamps here. The tail probe comes first.
        run(
                OPEN
                        + TEN_SENT
                        + """
                        40   > PA 1+9M:1+10M ack 1
                        100  > A 1:1+M ack 1
                        220  > A 1:1+M ack 1
                        240  > A 1:1+M ack 1
                        241  * append 5M
                        250  < A 1:1 ack 1+M win 256
                        250  > A 1+10M:1+11M ack 1
                        250  > A 1+11M:1+12M ack 1
                        260  < A 1:1 ack 1+4M win 256
                        260  = undone 1
                        260  = cwnd 13M
                        260  > A 1+12M:1+13M ack 1
                        260  > A 1+13M:1+14M ack 1
                        260  > PA 1+14M:1+15M ack 1
                        """);
    }

    @Test
    void undoesATimeoutThatTheTimestampProvesWrong() {
        run(
                """
                0    < S 0:1 win 65535 mss W ws 8 sackok ts 1 0
                0    > SA 0:1 ack 1
                10   < A 1:1 ack 1 win 256 ts 11 0
                10   ! Connected
                20   * append 2M
                20   * flush
                20   > A 1:1+M ack 1
                20   > PA 1+M:1+2M ack 1
                40   > PA 1+M:1+2M ack 1
                100  > A 1:1+M ack 1
                220  > A 1:1+M ack 1
                240  > A 1:1+M ack 1
                250  < A 1:1 ack 1+M win 256 ts 251 20
                250  = undone 1
                250  = cwnd 11M
                """);
    }

    @Test
    void forgetsReportsThatThePeerTookBack() {
        run(
                OPEN
                        + TEN_SENT
                        + """
                        30   < A 1:1 ack 1 win 256 sack 1+M-1+10M
                        30   > A 1:1+M ack 1
                        40   < A 1:1 ack 1+M win 256
                        240  > A 1+M:1+2M ack 1
                        250  < A 1:1 ack 1+2M win 256
                        250  > A 1+2M:1+3M ack 1
                        250  > A 1+3M:1+4M ack 1
                        """);
    }

    @Test
    void sendsNewDataForTheFirstTwoDuplicatesWithoutSack() {
        run(
                OPEN.replace(" sackok", "")
                        + TEN_SENT
                        + """
                        25   * append 5M
                        30   < A 1:1 ack 1 win 256
                        30   > A 1+10M:1+11M ack 1
                        31   < A 1:1 ack 1 win 256
                        31   > A 1+11M:1+12M ack 1
                        32   < A 1:1 ack 1 win 256
                        32   > A 1:1+M ack 1
                        32   = recoveries 1
                        """);
    }

    @Test
    void fillsOneHolePerPartialAcknowledgementWithoutSack() {
        run(
                OPEN.replace(" sackok", "")
                        + TEN_SENT
                        + """
                        30   < A 1:1 ack 1 win 256
                        30   < A 1:1 ack 1 win 256
                        30   < A 1:1 ack 1 win 256
                        30   > A 1:1+M ack 1
                        40   < A 1:1 ack 1+3M win 256
                        40   > A 1+3M:1+4M ack 1
                        50   < A 1:1 ack 1+10M win 256
                        50   = recoveries 1
                        50   = cwnd 7M
                        """);
    }
}
