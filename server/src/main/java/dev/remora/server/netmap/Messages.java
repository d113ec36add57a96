package dev.remora.server.netmap;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Puts one map message together from what is JSON already.
final class Messages {
    private final ByteArrayOutputStream out;

    Messages(int room) {
        out = new ByteArrayOutputStream(room);
        out.write('{');
    }

    Messages member(String name, byte[] json) {
        if (out.size() > 1) {
            out.write(',');
        }
        out.writeBytes(("\"" + name + "\":").getBytes(StandardCharsets.UTF_8));
        out.writeBytes(json);
        return this;
    }

    /// A list of these; also an empty one is written.
    Messages list(String name, List<byte[]> items) {
        return member(name, joined(items));
    }

    /// A list of these if there are any: in most members an empty list says nothing, and some clients wonder.
    Messages listUnlessEmpty(String name, List<byte[]> items) {
        return items.isEmpty() ? this : list(name, items);
    }

    boolean isEmpty() {
        return out.size() == 1;
    }

    byte[] done() {
        out.write('}');
        return out.toByteArray();
    }

    static byte[] joined(List<byte[]> items) {
        int length = 2 + items.stream().mapToInt(item -> item.length + 1).sum();
        ByteArrayOutputStream list = new ByteArrayOutputStream(length);
        list.write('[');
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) {
                list.write(',');
            }
            list.writeBytes(items.get(i));
        }
        list.write(']');
        return list.toByteArray();
    }
}
