package dev.remora.sidecar.boot;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// What a command says on standard error. A page that somebody has to visit is shown at once, as tools that read a container's log expect it; the rest is kept,
/// since the daemon logs on its own what goes wrong.
final class CommandOutput {
    private static final int MAX_KEPT = 16 << 10;

    private final PrintStream shown;
    private final StringBuilder kept = new StringBuilder();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean pageFollows;

    CommandOutput(PrintStream shown) {
        this.shown = shown;
    }

    PrintStream stream() {
        return new PrintStream(
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        if (b == '\n') {
                            onLine(line.toString(StandardCharsets.UTF_8));
                            line.reset();
                        } else {
                            line.write(b);
                        }
                    }
                },
                true,
                StandardCharsets.UTF_8);
    }

    private void onLine(String text) {
        boolean isPage =
                text.startsWith("To authenticate, visit:")
                        || text.startsWith("To approve your machine");
        if (isPage || pageFollows) {
            shown.println(text);
            pageFollows = isPage || text.isBlank();
        } else if (kept.length() + text.length() < MAX_KEPT) {
            kept.append(text).append('\n');
        }
    }

    /// All that was not shown.
    String kept() {
        return kept.toString().strip();
    }
}
