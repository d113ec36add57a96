package dev.remora.sidecar.server;

import dev.remora.sidecar.life.AtRest;
import java.util.concurrent.CountDownLatch;

/// Keeps a program running that only a signal ends, and small while it is at rest.
public final class UntilSignal {
    private UntilSignal() {}

    /// Waits until SIGTERM or SIGINT comes, then calls `end` and leaves with code 0: to end as told is a success.
    public static int run(Runnable end) {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    end.run();
                                    Runtime.getRuntime().halt(0);
                                },
                                "end"));
        try (AtRest _ = AtRest.server()) {
            new CountDownLatch(1).await();
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }
}
