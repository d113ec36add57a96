package dev.remora.lab.run;

/// Something in the lab itself went wrong: a command failed, a program did not start, a condition did not
/// come true in time. A test never expects it.
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LabException(String message) {
        super(message);
    }

    public LabException(String message, Throwable cause) {
        super(message, cause);
    }
}
