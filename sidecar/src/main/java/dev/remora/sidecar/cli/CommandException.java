package dev.remora.sidecar.cli;

/// A command failed: its message goes to stderr, and the program ends with code 1.
public class CommandException extends Exception {
    private static final long serialVersionUID = 1;

    public CommandException(String message) {
        super(message, null, false, false);
    }

    CommandException(String message, CommandException cause) {
        super(message, cause, false, false);
    }

    /// What went wrong, for people.
    public String message() {
        return String.valueOf(getMessage());
    }
}
