package dev.remora.sidecar.cli;

import java.io.PrintStream;

/// Where the program starts.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
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
