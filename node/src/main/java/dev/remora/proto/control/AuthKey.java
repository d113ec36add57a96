package dev.remora.proto.control;

/// A secret that lets a node register without a person. Never prints itself.
public record AuthKey(String secret) {
    private static final String LOCK = "--TL";

    /// Without what tailnet lock wraps around a key: that part has a private key in it, which is not for the server.
    public AuthKey unwrapped() {
        int wrapping = secret.indexOf(LOCK);
        return wrapping < 0 ? this : new AuthKey(secret.substring(0, wrapping));
    }

    /// True for a key that says nothing: mostly a variable that was never set.
    public boolean isBlank() {
        return secret.isBlank();
    }

    @Override
    public String toString() {
        return "AuthKey[…]";
    }
}
