package dev.remora.sidecar.cli;

/// Flags that make no sense, or a wish for help: the command's help follows on stderr.
public final class UsageException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int BAD_FLAG = 2;

    private final int exit;

    public UsageException(String message) {
        this(message, BAD_FLAG);
    }

    private UsageException(String message, int exit) {
        super(message, null, false, false);
        this.exit = exit;
    }

    /// Nothing is wrong: only the help is wanted.
    public static UsageException help() {
        return new UsageException("", 0);
    }

    String message() {
        return String.valueOf(getMessage());
    }

    int exit() {
        return exit;
    }
}
