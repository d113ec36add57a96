package dev.remora.sidecar.server;

import dev.remora.sidecar.cli.Tree;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Points in time, which the server tells in seconds since 1970.
final class Times {
    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    private Times() {}

    /// In UTC; `N/A` for none.
    static String text(Tree time) {
        return time.isNull()
                ? "N/A"
                : FORM.format(Instant.ofEpochSecond(time.at("seconds").number()));
    }
}
