package dev.remora.proto.derp;

import dev.remora.base.MalformedException;
import dev.remora.base.StrangersJson;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.json.stream.BytesJsonWriter;
import io.avaje.json.stream.JsonStream;
import java.util.function.Consumer;

/// The small JSON objects inside the boxes of a greeting.
final class BoxedJson {
    /// These objects are flat. The reader descends recursively into what it skips, so a stranger must not choose how
    /// deep.
    private static final int MOST_OPENINGS = 64;

    private static final JsonStream JSON = JsonStream.builder().build();

    private BoxedJson() {}

    /// Reads the fields of one object, from its first to behind its last.
    interface Fields<T> {
        T read(JsonReader in) throws MalformedException;
    }

    static <T> T read(byte[] json, String what, Fields<T> fields) throws MalformedException {
        int openings = 0;
        for (byte b : json) {
            openings += b == '{' || b == '[' ? 1 : 0;
        }
        if (openings > MOST_OPENINGS) {
            throw new MalformedException(what + " nested too deep");
        }
        try (JsonReader in = JSON.reader(StrangersJson.mend(json))) {
            in.beginObject();
            T read = fields.read(in);
            in.endObject();
            return read;
        } catch (RuntimeException e) {
            // mostly JsonException, but some broken texts make the reader step outside its own
            // buffers
            throw new MalformedException(what + " is not the JSON expected");
        }
    }

    static byte[] write(Consumer<JsonWriter> fields) {
        try (BytesJsonWriter out = JSON.bufferedWriterAsBytes()) {
            out.beginObject();
            fields.accept(out);
            out.endObject();
            return out.result();
        }
    }
}
