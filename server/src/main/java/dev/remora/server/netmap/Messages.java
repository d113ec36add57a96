package dev.remora.server.netmap;

import dev.remora.server.netmap.Message.Piece;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Puts one map message together from what is JSON already.
final class Messages {
    private final List<Piece> pieces = new ArrayList<>();
    private final ByteArrayOutputStream out;
    private boolean empty = true;

    Messages(int room) {
        out = new ByteArrayOutputStream(room);
        out.write('{');
    }

    Messages member(String name, byte[] json) {
        begin(name);
        out.writeBytes(json);
        return this;
    }

    private void begin(String name) {
        if (!empty) {
            out.write(',');
        }
        empty = false;
        out.writeBytes(("\"" + name + "\":").getBytes(StandardCharsets.UTF_8));
    }

    /// A list of these peers if there are any.
    Messages peersUnlessNone(String name, Runs peers) {
        if (peers.size() == 0) {
            return this;
        }
        begin(name);
        char before = '[';
        for (List<Fragment> run : peers.all()) {
            out.write(before);
            cut();
            pieces.add(new Message.Run(run));
            before = ',';
        }
        out.write(']');
        return this;
    }

    private void cut() {
        pieces.add(new Message.Text(out.toByteArray()));
        out.reset();
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
        return empty;
    }

    Message done() {
        out.write('}');
        cut();
        return Message.of(pieces);
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
