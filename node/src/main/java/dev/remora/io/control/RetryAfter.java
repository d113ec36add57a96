package dev.remora.io.control;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.random.RandomGenerator;

/// Reads the `Retry-After` header of RFC 9110 section 10.2.3: seconds, or a date.
final class RetryAfter {
    private static final Duration LONGEST = Duration.ofHours(1);

    private RetryAfter() {}

    /// Between 5 and 10 seconds where the header is absent or says nothing sensible.
    static Duration of(String header, Instant now, RandomGenerator random) {
        Duration asked = parse(header.strip(), now);
        boolean sensible = asked.isPositive() && asked.compareTo(LONGEST) <= 0;
        return sensible ? asked : Duration.ofMillis(random.nextLong(5_000, 10_000));
    }

    private static Duration parse(String header, Instant now) {
        try {
            return Duration.ofSeconds(Long.parseLong(header));
        } catch (NumberFormatException e) {
            return untilDate(header, now);
        }
    }

    private static Duration untilDate(String header, Instant now) {
        try {
            Instant at =
                    ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return Duration.between(now, at);
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }
}
