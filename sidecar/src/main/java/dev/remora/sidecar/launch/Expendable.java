package dev.remora.sidecar.launch;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// What a command in a container is, beside the daemon: both have one limit of memory, and where that is too little for both the kernel ends the larger one,
/// unless it has been told whom to end first (proc(5), `oom_score_adj`). Everybody may say so of himself.
final class Expendable {
    private static final String FILE = "/proc/self/oom_score_adj";
    private static final String FIRST = "1000";

    private Expendable() {}

    static void become() {
        try (FileOutputStream out = new FileOutputStream(FILE)) {
            out.write(FIRST.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // a system that has no such file has no such choice either
        }
    }
}
