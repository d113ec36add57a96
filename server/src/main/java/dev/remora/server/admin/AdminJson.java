package dev.remora.server.admin;

import dev.remora.base.MalformedException;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Parameters in, values out.
final class AdminJson {
    private static final Jsonb JSON =
            Jsonb.builder().serializeNulls(true).serializeEmpty(true).build();
    private static final JsonType<Map<String, String>> PARAMETERS = JSON.type(String.class).map();
    private static final JsonType<Object> VALUE = JSON.type(Object.class);

    private AdminJson() {}

    static Map<String, String> parameters(byte[] json) throws MalformedException {
        try {
            return PARAMETERS.fromJson(json);
        } catch (RuntimeException e) { // the library throws several kinds on broken texts
            throw new MalformedException("no JSON object of texts: " + e.getMessage());
        }
    }

    static String text(Object value) {
        return VALUE.toJson(value);
    }

    /// As protocol buffers write a time.
    static @Nullable Map<String, Object> time(Optional<Instant> time) {
        return time.map(AdminJson::time).orElse(null);
    }

    static Map<String, Object> time(Instant time) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seconds", time.getEpochSecond());
        json.put("nanos", time.getNano());
        return json;
    }
}
