package dev.remora.sidecar.cli;

import dev.remora.sidecar.life.Daemon;
import java.io.PrintStream;
import java.util.Arrays;

/// Where the program starts.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("daemon")) {
            Daemon.main(Arrays.copyOfRange(args, 1, args.length));
        }
        System.exit(run(args, System.out, System.err));
    }

    static int run(String[] args, PrintStream out, PrintStream err) {
        if (args.length == 1 && args[0].equals("version")) {
            out.println("0.1.0-SNAPSHOT");
            return 0;
        }
        err.println("usage: remora version");
        return 1;
    }
}
