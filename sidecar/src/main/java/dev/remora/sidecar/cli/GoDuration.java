package dev.remora.sidecar.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/// Spans of time in the text form of Go's `time.Duration`: `1h2m3.5s`, `12ms`, `400µs`.
public final class GoDuration {
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private GoDuration() {}

    public static Optional<Duration> parse(String text) {
        boolean negative = text.startsWith("-");
        String rest = negative || text.startsWith("+") ? text.substring(1) : text;
        if (rest.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        try {
            long nanos = rest.isEmpty() ? fail() : 0;
            while (!rest.isEmpty()) {
                int number = lengthOf(rest, true);
                String tail = rest.substring(number);
                int unit = lengthOf(tail, false);
                nanos =
                        Math.addExact(
                                nanos, nanos(rest.substring(0, number), tail.substring(0, unit)));
                rest = tail.substring(unit);
            }
            return Optional.of(Duration.ofNanos(negative ? -nanos : nanos));
        } catch (ArithmeticException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static int lengthOf(String text, boolean number) {
        int length = 0;
        while (length < text.length()
                && ("0123456789.".indexOf(text.charAt(length)) >= 0) == number) {
            length++;
        }
        return length;
    }

    private static long nanos(String number, String unit) {
        long scale =
                switch (unit) {
                    case "ns" -> 1;
                    case "us", "µs", "μs" -> MICRO;
                    case "ms" -> MILLI;
                    case "s" -> SECOND;
                    case "m" -> MINUTE;
                    case "h" -> HOUR;
                    default -> fail();
                };
        return new BigDecimal(number)
                .multiply(BigDecimal.valueOf(scale))
                .toBigInteger()
                .longValueExact();
    }

    private static long fail() {
        throw new NumberFormatException("no duration");
    }

    /// Rounds to a multiple of `step`, halves up, as `Duration.Round` does for positive spans.
    static long round(long nanos, long step) {
        return (nanos + step / 2) / step * step;
    }

    static String text(long nanos) {
        if (nanos < 0) {
            return "-" + text(-nanos);
        }
        if (nanos < SECOND) {
            return nanos == 0
                    ? "0s"
                    : nanos < MICRO
                            ? nanos + "ns"
                            : nanos < MILLI
                                    ? fraction(nanos, MICRO) + "µs"
                                    : fraction(nanos, MILLI) + "ms";
        }
        StringBuilder out = new StringBuilder();
        if (nanos >= HOUR) {
            out.append(nanos / HOUR).append('h');
        }
        if (nanos >= MINUTE) {
            out.append(nanos % HOUR / MINUTE).append('m');
        }
        return out.append(fraction(nanos % MINUTE, SECOND)).append('s').toString();
    }

    private static String fraction(long nanos, long unit) {
        String decimals = Long.toString(unit + nanos % unit).substring(1);
        int end = decimals.length();
        while (end > 0 && decimals.charAt(end - 1) == '0') {
            end--;
        }
        return nanos / unit + (end == 0 ? "" : "." + decimals.substring(0, end));
    }
}
