package dev.remora.proto.tcp;

import static dev.remora.proto.tcp.Script.OPEN;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

import org.junit.jupiter.api.Test;

/// How bytes go out when nothing is lost: the peer's window, small segments, silence.
final class SendScriptTest {
    @Test
    void asksForAClosedWindowEverMoreSeldomAndSendsAtOnceWhenItOpens() {
        Script.run(
                OPEN
                        + """
                        20   < A 1:1 ack 1 win 0
                        30   * write 2M
                        230  > A 0:0 ack 1
                        231  < A 1:1 ack 1 win 0
                        630  > A 0:0 ack 1
                        1430 > A 0:0 ack 1
                        1431 < A 1:1 ack 1 win 0
                        3030 > A 0:0 ack 1
                        3040 < A 1:1 ack 1 win 256
                        3040 > A 1:1+M ack 1
                        3040 > PA 1+M:1+2M ack 1
                        """);
    }

    @Test
    void neverGivesUpOnAClosedWindowWhileThePeerAnswers() {
        StringBuilder script =
                new StringBuilder(
                        OPEN
                                + """
                                20  < A 1:1 ack 1 win 0
                                30  * write 100
                                230 > A 0:0 ack 1
                                630 > A 0:0 ack 1
                                1430 > A 0:0 ack 1
                                3030 > A 0:0 ack 1
                                6230 > A 0:0 ack 1
                                12630 > A 0:0 ack 1
                                25430 > A 0:0 ack 1
                                51030 > A 0:0 ack 1
                                51030 < A 1:1 ack 1 win 0
                                102230 > A 0:0 ack 1
                                102230 < A 1:1 ack 1 win 0
                                """);
        for (int i = 1; i <= 20; i++) {
            script.append("%d > A 0:0 ack 1%n".formatted(102_230 + i * 60_000));
            script.append("%d < A 1:1 ack 1 win 0%n".formatted(102_230 + i * 60_000));
        }
        Script.run(script.toString());
    }

    @Test
    void givesUpWhenNothingIsAnsweredForTheUserTimeout() {
        TcpConfig.Patience patience = new TcpConfig.Patience(200_000_000, SECONDS.toNanos(1), 6, 3);
        Script.run(
                TcpConfig.defaults().with(patience),
                OPEN
                        + """
                        20   * write 100
                        20   > PA 1:101 ack 1
                        220  > PA 1:101 ack 1
                        280  > PA 1:101 ack 1
                        400  > PA 1:101 ack 1
                        420  > PA 1:101 ack 1
                        620  > PA 1:101 ack 1
                        820  > PA 1:101 ack 1
                        1020 ! Closed TIMEOUT
                        1020 = chunks 0
                        """);
    }

    @Test
    void sendsPartOfASegmentIntoASmallWindowOnlyIfItIsHalfTheLargest() {
        Script.run(
                OPEN.replace("ws 8", "ws 0").replace("win 256", "win 1000")
                        + """
                        20  < A 1:1 ack 1 win 300
                        30  * write 2M
                        230 > A 1:301 ack 1
                        240 < A 1:1 ack 301 win 600
                        240 > A 301:901 ack 1
                        """);
    }

    @Test
    void joinsSmallWritesOfOneWakeUp() {
        Script.run(
                OPEN
                        + """
                        20 * append 100
                        20 * append 2M
                        20 * flush
                        20 > A 1:1+M ack 1
                        20 > A 1+M:1+2M ack 1
                        20 > PA 1+2M:101+2M ack 1
                        """);
    }

    @Test
    void sendsASmallWriteWithoutWaitingForAcknowledgements() {
        Script.run(
                OPEN
                        + """
                        20 * write 10
                        20 > PA 1:11 ack 1
                        21 * write 10
                        21 > PA 11:21 ack 1
                        """);
    }

    @Test
    void beginsWithTenSegments() {
        Script.run(
                OPEN
                        + """
                        20 * append 12M
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
                        20 > A 1+9M:1+10M ack 1
                        20 = unsent 2M
                        30 < A 1:1 ack 1+2M win 256
                        30 > A 1+10M:1+11M ack 1
                        30 > PA 1+11M:1+12M ack 1
                        """);
    }

    @Test
    void asksASilentPeerWhetherItIsThere() {
        TcpConfig.KeepAlive keepAlive =
                new TcpConfig.KeepAlive(MINUTES.toNanos(15), SECONDS.toNanos(30), 2);
        Script.run(
                TcpConfig.defaults().with(keepAlive),
                OPEN
                        + """
                        900010  > A 0:0 ack 1
                        900020  < A 1:1 ack 1 win 256
                        1800020 > A 0:0 ack 1
                        1830020 > A 0:0 ack 1
                        1860020 ! Closed TIMEOUT
                        """);
    }

    @Test
    void usesSmallerSegmentsAfterPacketTooBig() {
        Script.runV4(
                OPEN
                        + """
                        20 * write M
                        20 > PA 1:1+M ack 1
                        21 * toobig 50 500
                        21 * toobig 5000 1000
                        21 * toobig 5 1000
                        22 < A 1:1 ack 1+M win 256
                        30 * write 1000
                        30 > A 1+M:961+M ack 1
                        30 > PA 961+M:1001+M ack 1
                        """);
    }

    @Test
    void limitsWhatWaitsUnsentAndTellsWhenThereIsRoom() {
        Script.run(
                OPEN.replace("win 256", "win 50")
                        + """
                        20 * append 131072
                        20 * append 1
                        20 ! short write 0
                        20 = unsent 131072
                        """);
    }

    @Test
    void spreadsAGrownWindowOverTheRoundTrip() {
        // 20 segments in 10 ms, twice as fast in slow start: 4 a millisecond, and one quantum may
        // be caught up.
        Script.run(
                OPEN
                        + """
                        20 * append 50M
                        20 * flush
                        20 > A 1:1+M
                        20 > A 1+M:1+2M
                        20 > A 1+2M:1+3M
                        20 > A 1+3M:1+4M
                        20 > A 1+4M:1+5M
                        20 > A 1+5M:1+6M
                        20 > A 1+6M:1+7M
                        20 > A 1+7M:1+8M
                        20 > A 1+8M:1+9M
                        20 > A 1+9M:1+10M
                        30 < A 1:1 ack 1+10M win 1024
                        30 > A 1+10M:1+11M
                        30 > A 1+11M:1+12M
                        30 > A 1+12M:1+13M
                        30 > A 1+13M:1+14M
                        30 > A 1+14M:1+15M
                        30 > A 1+15M:1+16M
                        30 > A 1+16M:1+17M
                        30 > A 1+17M:1+18M
                        31 > A 1+18M:1+19M
                        31 > A 1+19M:1+20M
                        31 > A 1+20M:1+21M
                        31 > A 1+21M:1+22M
                        32 > A 1+22M:1+23M
                        32 > A 1+23M:1+24M
                        32 > A 1+24M:1+25M
                        32 > A 1+25M:1+26M
                        """);
    }
}
