package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What a new connection over an old 4-tuple begins with (RFC 6528, RFC 6191, RFC 7323 §5.4).
final class TimeWaitTest {
    private static final Flow FLOW = SegmentText.flow(true);

    private final TimeWait timeWait =
            new TimeWait(
                    FLOW,
                    1_000_000,
                    5000,
                    100,
                    true,
                    77,
                    new TimestampClock(0),
                    SECONDS.toNanos(10));

    @Test
    void startsTheNextConnectionAboveTheLast() {
        InitialNumbers.Start below = new InitialNumbers.Start(999_999, 3);
        InitialNumbers.Start above = new InitialNumbers.Start(9_000_000, 3);

        assertThat(timeWait.sequenceAbove(below)).isEqualTo(new InitialNumbers.Start(1_065_537, 3));
        assertThat(timeWait.sequenceAbove(above)).isEqualTo(above);
    }

    @Test
    void givesThePortAwayAfterASecond() {
        assertThat(timeWait.reusableAt(SECONDS.toNanos(10) + 999_999_999)).isFalse();
        assertThat(timeWait.reusableAt(SECONDS.toNanos(11))).isTrue();
        assertThat(timeWait.endsAt()).isEqualTo(SECONDS.toNanos(70));
    }

    @Test
    void initialNumbersRiseWithTimeAndDifferByConnection() {
        InitialNumbers numbers = new InitialNumbers(new SplittableRandom(1));
        Flow other = new Flow(FLOW.local(), 81, FLOW.remote(), FLOW.remotePort());

        InitialNumbers.Start first = numbers.start(FLOW, 0);

        assertThat(numbers.start(FLOW, SECONDS.toNanos(1)).sequence())
                .isEqualTo(first.sequence() + 250_000);
        assertThat(numbers.start(other, 0).sequence()).isNotEqualTo(first.sequence());
        assertThat(numbers.start(other, 0).timestampOffset()).isEqualTo(first.timestampOffset());
        assertThat(new InitialNumbers(new SplittableRandom(2)).start(FLOW, 0)).isNotEqualTo(first);
    }

    @Test
    void timestampOffsetsDifferByAddress() {
        InitialNumbers numbers = new InitialNumbers(new SplittableRandom(1));
        Flow other = new Flow(FLOW.local(), 80, IpAddress.v4(0x64400003), FLOW.remotePort());

        assertThat(numbers.start(other, 0).timestampOffset())
                .isNotEqualTo(numbers.start(FLOW, 0).timestampOffset());
    }
}
