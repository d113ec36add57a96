package dev.remora.base;

import java.nio.charset.StandardCharsets;

/// Makes Unicode of what claims to be, as Go's `encoding/json` does: bytes that are no UTF-8, and halves of surrogate pairs that stand alone, become
/// U+FFFD. JSON can say such a half (`\udc2c`), no encoding can write it; [StrangersJson] asks here first, so that whatever was read can be
/// written.
public final class Unicode {
    private static final char REPLACEMENT = '\ufffd';

    /// A backslash, `u` and four hexadecimal digits.
    static final int ESCAPE_LENGTH = 6;

    private static final byte[] REPLACEMENT_ESCAPE = "\\ufffd".getBytes(StandardCharsets.US_ASCII);

    private Unicode() {}

    /// JSON in which every text can be written in UTF-8; the very same array if there is nothing to mend.
    public static byte[] mendJson(byte[] json) {
        byte[] utf8 = mendUtf8(json);
        byte[] mended = utf8;
        boolean isOurs = false;
        for (int i = 0; i < utf8.length; i++) {
            if (utf8[i] != '\\') {
                continue;
            }
            char escaped = escapedAt(utf8, i);
            if (Character.isHighSurrogate(escaped)
                    && Character.isLowSurrogate(escapedAt(utf8, i + ESCAPE_LENGTH))) {
                i += 2 * ESCAPE_LENGTH - 1;
            } else if (Character.isSurrogate(escaped)) {
                mended = isOurs ? mended : utf8.clone();
                isOurs = true;
                System.arraycopy(REPLACEMENT_ESCAPE, 0, mended, i, ESCAPE_LENGTH);
                i += ESCAPE_LENGTH - 1;
            } else {
                i++; // what is escaped may itself be a backslash
            }
        }
        return mended;
    }

    /// A text that can be written in UTF-8.
    public static String mend(String text) {
        StringBuilder mended = new StringBuilder(text.length());
        text.codePoints()
                .map(c ->
                        c <= Character.MAX_VALUE && Character.isSurrogate((char) c)
                                ? REPLACEMENT
                                : c)
                .forEach(mended::appendCodePoint);
        return mended.toString();
    }

    private static byte[] mendUtf8(byte[] bytes) {
        int any = 0;
        for (byte b : bytes) {
            any |= b;
        }
        if (any >= 0) {
            return bytes;
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? bytes : text.getBytes(StandardCharsets.UTF_8);
    }

    /// What the escape of four digits at this place stands for; 0 if there is none.
    static char escapedAt(byte[] json, int at) {
        if (at + ESCAPE_LENGTH > json.length || json[at] != '\\' || json[at + 1] != 'u') {
            return 0;
        }
        int value = 0;
        for (int i = at + 2; i < at + ESCAPE_LENGTH; i++) {
            int digit = Character.digit(json[i], 16);
            if (digit < 0) {
                return 0;
            }
            value = value << 4 | digit;
        }
        return (char) value;
    }
}
