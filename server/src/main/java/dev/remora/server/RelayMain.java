package dev.remora.server;

import dev.remora.base.MalformedException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Runs a relay until it is told to end:
///
///     --state=DIR --listen=IP:PORT [--stun=IP:PORT|off] [--tls=CHAIN.PEM,KEY.PEM|self|off] [--http=IP:PORT|off]
public final class RelayMain {
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private RelayMain() {}

    public static void main(String[] args) throws InterruptedException {
        int code = run(List.of(args));
        if (code != 0) {
            System.exit(code);
        }
        new CountDownLatch(1).await(); // a signal ends us, through the hook
    }

    /// Starts it and returns at once.
    ///
    /// @return 0, or what the process is to end with
    static int run(List<String> words) {
        try {
            RelayFlags flags = RelayFlags.parse(words);
            RelayProgram program = RelayProgram.start(flags);
            Runtime.getRuntime().addShutdownHook(new Thread(program::close, "relay-at-exit"));
            System.out.println("relay: listening on " + flags.listen());
            return 0;
        } catch (MalformedException e) {
            System.err.println("relay: " + e.reason());
            return MISUSED;
        } catch (IOException | GeneralSecurityException e) {
            System.err.println("relay: " + e.getMessage());
            return FAILED;
        }
    }
}
