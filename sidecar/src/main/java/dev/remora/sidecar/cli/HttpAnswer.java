package dev.remora.sidecar.cli;

import dev.remora.base.MalformedException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The daemon's answer to one request, HTTP/1.1 (RFC 9112) as far as two programs on one socket need it: a body has a length, comes in chunks, or ends with the
/// connection.
///
/// @param reason the words after the number
/// @param headers by name in lower case
public record HttpAnswer(int status, String reason, Map<String, String> headers, InputStream body) {
    private static final int MAX_LINE = 64 << 10;
    private static final int MAX_HEADERS = 200;

    public static HttpAnswer read(InputStream connection) throws IOException {
        InputStream in = new BufferedInputStream(connection);
        String[] start = line(in).split(" ", 3);
        if (start.length < 2
                || !start[0].startsWith("HTTP/1.")
                || !start[1].matches("[1-5]\\d\\d")) {
            throw new IOException("malformed HTTP response");
        }
        Map<String, String> headers = headers(in);
        return new HttpAnswer(
                Integer.parseInt(start[1]),
                start.length == 3 ? start[2] : "",
                headers,
                body(Integer.parseInt(start[1]), headers, in));
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon <= 0 || headers.size() == MAX_HEADERS) {
                throw new IOException("malformed HTTP header");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static InputStream body(int status, Map<String, String> headers, InputStream in)
            throws IOException {
        if (status == 204 || status == 304) {
            return InputStream.nullInputStream();
        }
        if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            return new Chunks(in);
        }
        String length = headers.get("content-length");
        if (length == null) {
            return in;
        }
        try {
            return new Part(in, Long.parseLong(length));
        } catch (NumberFormatException e) {
            throw new IOException("malformed Content-Length", e);
        }
    }

    /// One line without its end, ISO 8859-1.
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the daemon closed the connection");
            }
            if (line.length() == MAX_LINE) {
                throw new IOException("malformed HTTP response: a line without end");
            }
            line.append((char) c);
        }
        int end = line.length();
        return line.substring(0, end > 0 && line.charAt(end - 1) == '\r' ? end - 1 : end);
    }

    /// The whole body as a text, without white space around it.
    public String bodyText() throws IOException {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    public Tree bodyJson() throws IOException {
        try {
            return Tree.parse(body.readAllBytes());
        } catch (MalformedException e) {
            throw new IOException(e.reason(), e);
        }
    }

    /// So many bytes, or fewer if the connection ends.
    private static class Part extends FilterInputStream {
        long left;

        Part(InputStream in, long left) {
            super(in);
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = in.read(to, offset, (int) Math.min(length, left));
            if (n < 0) {
                throw new EOFException("the daemon closed the connection");
            }
            left -= n;
            return n;
        }
    }

    /// The parts of `Transfer-Encoding: chunked` as one stream; trailers are left unread.
    private static final class Chunks extends Part {
        private boolean started;
        private boolean ended;

        Chunks(InputStream in) {
            super(in, 0);
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left == 0 && !ended) {
                nextChunk();
            }
            return ended ? -1 : super.read(to, offset, length);
        }

        private void nextChunk() throws IOException {
            if (started) {
                line(in);
            }
            started = true;
            String size = line(in).split(";", 2)[0].strip();
            try {
                left = Long.parseLong(size, 16);
            } catch (NumberFormatException e) {
                throw new IOException("malformed chunk size", e);
            }
            if (left < 0) {
                throw new IOException("malformed chunk size");
            }
            ended = left == 0;
        }
    }
}
