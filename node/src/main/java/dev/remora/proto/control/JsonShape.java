package dev.remora.proto.control;

import dev.remora.base.MalformedException;

/// Looks over JSON before it is parsed: a parser that recurses must not meet a million brackets, and a
/// message must not be followed by anything.
final class JsonShape {
    private JsonShape() {}

    static void check(byte[] json, int maxDepth) throws MalformedException {
        int depth = 0;
        for (int i = 0; i < json.length; i++) {
            switch (json[i]) {
                case '"' -> i = endOfString(json, i);
                case '{', '[' -> {
                    if (++depth > maxDepth) {
                        throw new MalformedException("JSON nested too deeply");
                    }
                }
                case '}', ']' -> {
                    if (--depth == 0) {
                        onlySpaceFrom(json, i + 1);
                        return;
                    }
                }
                default -> {}
            }
        }
        if (!isNull(json)) {
            throw new MalformedException("JSON that does not end");
        }
    }

    static boolean isNull(byte[] json) {
        int start = 0;
        while (start < json.length && isSpace(json[start])) {
            start++;
        }
        return json.length - start >= 4
                && json[start] == 'n'
                && json[start + 1] == 'u'
                && json[start + 2] == 'l'
                && json[start + 3] == 'l';
    }

    private static int endOfString(byte[] json, int start) throws MalformedException {
        for (int i = start + 1; i < json.length; i++) {
            if (json[i] == '\\') {
                i++;
            } else if (json[i] == '"') {
                return i;
            }
        }
        throw new MalformedException("JSON text that does not end");
    }

    private static void onlySpaceFrom(byte[] json, int start) throws MalformedException {
        for (int i = start; i < json.length; i++) {
            if (!isSpace(json[i])) {
                throw new MalformedException("something behind the JSON");
            }
        }
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }
}
