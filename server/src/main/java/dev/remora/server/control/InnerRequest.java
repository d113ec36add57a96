package dev.remora.server.control;

import java.nio.charset.StandardCharsets;

/// One whole request inside of a Noise connection.
///
/// @param path with the query, if there is one
/// @param body within [InnerStream#MOST_BODY]
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record InnerRequest(Visitor visitor, String method, String path, byte[] body) {
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

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
