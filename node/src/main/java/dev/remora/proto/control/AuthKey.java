package dev.remora.proto.control;

/// A secret that lets a node register without a person. Never prints itself.
public record AuthKey(String secret) {
    @Override
    public String toString() {
        return "AuthKey[…]";
    }
}
