package dev.remora.server.netmap;

/// One node as some viewers are told it. Compared by identity: the same object is the same text.
final class Fragment {
    private final byte[] json;

    Fragment(byte[] json) {
        this.json = json;
    }

    byte[] json() {
        return json;
    }

    int length() {
        return json.length;
    }
}
