package dev.remora.sidecar.config;

import dev.remora.base.MalformedException;
import dev.remora.base.StrangersJson;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.nio.charset.StandardCharsets;

/// JSON by Go's conventions: unknown members are skipped, members at their zero value are left out.
final class ConfigJson {
    private static final Jsonb JSON =
            Jsonb.builder().serializeNulls(false).serializeEmpty(false).build();

    private ConfigJson() {}

    static <T> JsonType<T> type(Class<T> type) {
        return JSON.type(type);
    }

    /// Reads one value; `what` names it in the reason of a refusal.
    static <T> T read(JsonType<T> type, byte[] json, String what) throws MalformedException {
        JsonTree.checkDepth(json);
        try {
            T value = type.fromJson(StrangersJson.mend(json));
            if (value == null) {
                throw new MalformedException(what + " is null");
            }
            return value;
        } catch (RuntimeException e) { // the library throws several kinds on broken texts
            throw new MalformedException(what + ": " + e.getMessage());
        }
    }

    static <T> byte[] write(JsonType<T> type, T value) {
        return type.toJson(value).getBytes(StandardCharsets.UTF_8);
    }
}
