package dev.remora.proto.tcp;

import static dev.remora.proto.tcp.Script.OPEN;

import org.junit.jupiter.api.Test;

/// How bytes come in: acknowledgements, ranges ahead of gaps, our window.
final class ReceiveScriptTest {
    /// Sixteen small segments: after them acknowledgements are no longer immediate.
    private static final String USED =
            OPEN
                    + """
                    20 <+ A 1:11 ack 1 win 256
                    20 <+ A 11:21 ack 1 win 256
                    20 <+ A 21:31 ack 1 win 256
                    20 <+ A 31:41 ack 1 win 256
                    20 <+ A 41:51 ack 1 win 256
                    20 <+ A 51:61 ack 1 win 256
                    20 <+ A 61:71 ack 1 win 256
                    20 <+ A 71:81 ack 1 win 256
                    20 > A 1:1 ack 81
                    20 <+ A 81:91 ack 1 win 256
                    20 <+ A 91:101 ack 1 win 256
                    20 <+ A 101:111 ack 1 win 256
                    20 <+ A 111:121 ack 1 win 256
                    20 <+ A 121:131 ack 1 win 256
                    20 <+ A 131:141 ack 1 win 256
                    20 <+ A 141:151 ack 1 win 256
                    20 <+ A 151:161 ack 1 win 256
                    20 > A 1:1 ack 161
                    """;

    @Test
    void acknowledgesEverySecondSegmentAndASingleOneLater() {
        Script.run(
                USED
                        + """
                        30 < A 161:161+M ack 1 win 256
                        70 > A 1:1 ack 161+M
                        80 < A 161+M:161+2M ack 1 win 256
                        81 < A 161+2M:161+3M ack 1 win 256
                        81 > A 1:1 ack 161+3M
                        """);
    }

    @Test
    void acknowledgesABatchOnce() {
        Script.run(
                USED
                        + """
                        30 <+ A 161:161+M ack 1 win 256
                        30 <+ A 161+M:161+2M ack 1 win 256
                        30 <+ A 161+2M:161+3M ack 1 win 256
                        30 <+ A 161+3M:161+4M ack 1 win 256
                        30 < A 161+4M:161+5M ack 1 win 256
                        30 > A 1:1 ack 161+5M
                        """);
    }

    @Test
    void acknowledgesAShortRequestAfterAPauseAtOnce() {
        Script.run(
                USED
                        + """
                        500 < PA 161:261 ack 1 win 256
                        500 > A 1:1 ack 261
                        510 < PA 261:361 ack 1 win 256
                        550 > A 1:1 ack 361
                        """);
    }

    @Test
    void letsDataCarryTheAcknowledgement() {
        Script.run(
                USED
                        + """
                        30 < PA 161:261 ack 1 win 256
                        35 * write 10
                        35 > PA 1:11 ack 261
                        """);
    }

    @Test
    void reportsRangesAheadOfAGapNewestFirst() {
        Script.run(
                OPEN
                        + """
                        20 < A 1+M:1+2M ack 1 win 256
                        20 > A 1:1 ack 1 sack 1+M-1+2M
                        21 < A 1+3M:1+4M ack 1 win 256
                        21 > A 1:1 ack 1 sack 1+3M-1+4M,1+M-1+2M
                        22 < A 1+5M:1+6M ack 1 win 256
                        22 > A 1:1 ack 1 sack 1+5M-1+6M,1+3M-1+4M,1+M-1+2M
                        23 < A 1+2M:1+3M ack 1 win 256
                        23 > A 1:1 ack 1 sack 1+M-1+4M,1+5M-1+6M
                        24 < A 1:1+M ack 1 win 256
                        24 > A 1:1 ack 1+4M sack 1+5M-1+6M
                        24 = delivered 4M
                        """);
    }

    @Test
    void reportsADuplicate() {
        Script.run(
                OPEN
                        + """
                        20 < A 1:101 ack 1 win 256
                        20 > A 1:1 ack 101 nosack
                        30 < A 1:101 ack 1 win 256
                        30 > A 1:1 ack 101 sack 1-101
                        40 < A 51:151 ack 1 win 256
                        40 > A 1:1 ack 151 sack 51-101
                        40 = delivered 150
                        """);
    }

    @Test
    void reportsADuplicateOfWhatIsAheadBeforeItsRange() {
        Script.run(
                OPEN
                        + """
                        20 < A 101:301 ack 1 win 256
                        20 > A 1:1 ack 1 sack 101-301
                        30 < A 151:201 ack 1 win 256
                        30 > A 1:1 ack 1 sack 151-201,101-301
                        """);
    }

    @Test
    void keepsTheFirstOfTwoOverlappingCopies() {
        // The script's bytes tell their offset, and delivery checks them.
        Script.run(
                OPEN
                        + """
                        20 < A 101:201 ack 1 win 256
                        20 > A 1:1 ack 1 sack 101-201
                        21 < A 151:301 ack 1 win 256
                        21 > A 1:1 ack 1 sack 101-301
                        22 < A 1:251 ack 1 win 256
                        22 > A 1:1 ack 301
                        22 = delivered 300
                        """);
    }

    @Test
    void boundsHowManyGapsItKeeps() {
        StringBuilder script = new StringBuilder(OPEN);
        for (int i = 0; i < 3000; i++) {
            script.append("20 <+ A %d:%d ack 1 win 256%n".formatted(3 + 2 * i, 4 + 2 * i));
            if (i < 3) {
                script.append("20 > A 1:1 ack 1%n".formatted());
            }
        }
        int kept = 2 * Ranges.MOST;
        script.append(
                """
                21 < A 9000:9001 ack 1 win 256
                21 > A 1:1 ack 1
                22 < A 1:%d ack 1 win 256
                22 > A 1:1 ack %d
                22 = delivered %d
                22 = chunks 0
                """
                        .formatted(kept + 1, kept + 2, kept + 1));
        Script.run(script.toString());
    }

    @Test
    void closesTheWindowForASlowReaderAndOpensItInSteps() {
        Script.runV4(
                small(4),
                OPEN.replace("0  > SA 0:1 ack 1", "0 > SA 0:1 ack 1 win 4M")
                        + """
                        20 * stall
                        20 < A 1:1+2M ack 1 win 256
                        20 ! Readable
                        20 > A 1:1 ack 1+2M win 2M
                        21 < PA 1+2M:1+4M ack 1 win 256
                        21 > A 1:1 ack 1+4M win 0
                        30 * read 100
                        31 * read M+0
                        31 > A 1:1 ack 1+4M win M+100
                        32 * read 10
                        33 * read 2M
                        33 > A 1:1 ack 1+4M win 3M+110
                        """);
    }

    @Test
    void answersProbesOfAClosedWindow() {
        Script.runV4(
                small(2),
                OPEN
                        + """
                        20  * stall
                        20  < PA 1:1+2M ack 1 win 256
                        20  ! Readable
                        20  > A 1:1 ack 1+2M win 0
                        300 < A 1+2M:2+2M ack 1 win 256
                        300 > A 1:1 ack 1+2M win 0
                        900 < A 2M:2M ack 1 win 256
                        900 > A 1:1 ack 1+2M win 0
                        950 = delivered 0
                        """);
    }

    @Test
    void acceptsAcknowledgementsWhileTheWindowIsClosed() {
        Script.runV4(
                small(2),
                OPEN
                        + """
                        20 * stall
                        20 < PA 1:1+2M ack 1 win 256
                        20 ! Readable
                        20 > A 1:1 ack 1+2M win 0
                        30 * write 100
                        30 > PA 1:101 ack 1+2M win 0
                        40 < A 1+2M:1+2M ack 101 win 256
                        2000 = silent
                        """);
    }

    private static TcpConfig small(int segments) {
        int window = segments * 1240;
        return TcpConfig.defaults().with(new TcpConfig.Buffers(window, window, 1 << 20));
    }
}
