package dev.remora.server;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Spans of time as people say how long a key is good: `30m`, `24h`, `90d`, `2w`, `1y`, the greater units first.
public final class Lifetime {
    private static final Pattern FORM =
            Pattern.compile(
                    "(?:(\\d{1,4})y)?(?:(\\d{1,5})w)?(?:(\\d{1,6})d)?(?:(\\d{1,7})h)?(?:(\\d{1,8})m)?(?:(\\d{1,9})s)?");

    private static final Duration[] UNITS = {
        Duration.ofDays(365),
        Duration.ofDays(7),
        Duration.ofDays(1),
        Duration.ofHours(1),
        Duration.ofMinutes(1),
        Duration.ofSeconds(1)
    };

    private Lifetime() {}

    /// Empty for what is no span.
    public static Optional<Duration> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            return Optional.empty();
        }
        Duration sum = Duration.ZERO;
        for (int i = 0; i < UNITS.length; i++) {
            String number = matcher.group(i + 1);
            if (number != null) {
                sum = sum.plus(UNITS[i].multipliedBy(Long.parseLong(number)));
            }
        }
        return Optional.of(sum);
    }
}
