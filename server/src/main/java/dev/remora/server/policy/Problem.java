package dev.remora.server.policy;

/// Something in a policy's text that is wrong, or worth saying.
///
/// @param line where it stands, from 1
/// @param column the character in that line, from 1
/// @param text a clause without a full stop
public record Problem(int line, int column, String text) {
    @Override
    public String toString() {
        return "line " + line + ", column " + column + ": " + text;
    }
}
