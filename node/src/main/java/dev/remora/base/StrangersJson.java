package dev.remora.base;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// JSON that others wrote, made such that our parsers read in it what Go's `encoding/json` reads: every text can be written in UTF-8
/// ([Unicode]), and a member's name that was spelt with escapes it does not need is the name it stands for. The parsers compare
/// names byte by byte, and leave those in maps as they stand. Whoever reads a stranger's JSON asks here first.
public final class StrangersJson {
    private StrangersJson() {}

    /// The same JSON, mended; the very same array if there is nothing to mend. What is no JSON stays none.
    public static byte[] mend(byte[] json) {
        byte[] unicode = Unicode.mendJson(json);
        for (byte b : unicode) {
            if (b == '\\') {
                return withPlainNames(unicode);
            }
        }
        return unicode;
    }

    private static byte[] withPlainNames(byte[] json) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length);
        int at = 0;
        while (at < json.length) {
            if (json[at] != '"') {
                out.write(json[at++]);
                continue;
            }
            int end = endOfText(json, at);
            if (isName(json, end)) {
                writePlain(json, at, end, out);
            } else {
                out.write(json, at, end - at);
            }
            at = end;
        }
        return out.size() == json.length ? json : out.toByteArray();
    }

    private static int endOfText(byte[] json, int start) {
        for (int i = start + 1; i < json.length; i++) {
            if (json[i] == '\\') {
                i++;
            } else if (json[i] == '"') {
                return i + 1;
            }
        }
        return json.length;
    }

    private static boolean isName(byte[] json, int end) {
        int i = end;
        while (i < json.length
                && (json[i] == ' ' || json[i] == '\n' || json[i] == '\r' || json[i] == '\t')) {
            i++;
        }
        return i < json.length && json[i] == ':';
    }

    /// Undoes all escapes but those of quotation marks, backslashes and control characters, which no name goes without.
    private static void writePlain(byte[] json, int start, int end, ByteArrayOutputStream out) {
        int at = start;
        while (at < end) {
            char escaped = Unicode.escapedAt(json, at);
            if (Character.isHighSurrogate(escaped)) {
                char low = Unicode.escapedAt(json, at + Unicode.ESCAPE_LENGTH);
                out.writeBytes(utf8(Character.toCodePoint(escaped, low)));
                at += 2 * Unicode.ESCAPE_LENGTH;
            } else if (escaped >= ' ' && escaped != '"' && escaped != '\\') {
                out.writeBytes(utf8(escaped));
                at += Unicode.ESCAPE_LENGTH;
            } else if (json[at] == '\\' && at + 1 < end) {
                int kept = json[at + 1] == '/' ? at + 1 : at;
                out.write(json, kept, at + 2 - kept);
                at += 2;
            } else {
                out.write(json[at++]);
            }
        }
    }

    private static byte[] utf8(int codePoint) {
        return Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
    }
}
