package dev.remora.server.control;

import java.nio.charset.StandardCharsets;

/// One whole request inside of a Noise connection.
///
/// @param path with the query, if there is one
/// @param content within [InnerStream#MOST_BODY]
record InnerRequest(Visitor visitor, String method, String path, Content content) {
    private static final byte[] NOTHING = {};

    /// What waits for its reader.
    static final class Content {
        private final Bodies.Share share;
        private byte[] bytes;

        Content(byte[] bytes, Bodies.Share share) {
            this.bytes = bytes;
            this.share = share;
        }

        private byte[] take() {
            byte[] taken = bytes;
            drop();
            return taken;
        }

        void drop() {
            bytes = NOTHING;
            share.end();
        }
    }

    /// The body, once: it is not kept, since an answer may take hours.
    byte[] body() {
        return content.take();
    }

    /// The path alone.
    String route() {
        int mark = path.indexOf('?');
        return mark < 0 ? path : path.substring(0, mark);
    }

    /// The value of a query parameter, empty if it is not there.
    String parameter(String name) {
        int mark = path.indexOf('?');
        String query = mark < 0 ? "" : path.substring(mark + 1);
        for (String pair : query.split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return pair.substring(name.length() + 1);
            }
        }
        return "";
    }

    /// The same as text.
    String text() {
        return new String(body(), StandardCharsets.UTF_8);
    }
}
