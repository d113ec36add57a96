package dev.remora.testing;

import dev.remora.base.Bytes32;
import io.avaje.json.mapper.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// One JSON object of a vector file: `vectors/<protocol>/<name>.json` among the test resources.
/// An absent text reads as empty, an absent list as a list of nothing.
public record Vectors(Map<String, Object> fields) {
    /// Reads a whole file, such as `stun/stun.json`.
    public static Vectors read(String name) {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + name)) {
            Objects.requireNonNull(in, name);
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Vectors(JsonMapper.builder().build().fromJsonObject(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked") // an object of JSON has no other keys than texts
    public List<Vectors> list(String field) {
        List<Map<String, Object>> objects =
                (List<Map<String, Object>>) fields.getOrDefault(field, List.of());
        return objects.stream().map(Vectors::new).toList();
    }

    /// An object inside this one; empty if it is absent.
    @SuppressWarnings("unchecked") // an object of JSON has no other keys than texts
    public Vectors map(String field) {
        return new Vectors((Map<String, Object>) fields.getOrDefault(field, Map.of()));
    }

    public String text(String field) {
        return fields.getOrDefault(field, "").toString();
    }

    public boolean has(String field) {
        return fields.containsKey(field);
    }

    /// A number; all of these files' numbers but a few 64-bit counters fit.
    public long number(String field) {
        return fields.get(field) instanceof Number number ? number.longValue() : 0;
    }

    public boolean flag(String field) {
        return Boolean.TRUE.equals(fields.get(field));
    }

    public byte[] bytes(String field) {
        return HexFormat.of().parseHex(text(field));
    }

    /// The bytes of a hexadecimal field, as a direct buffer like those of packets in flight.
    public ByteBuffer buffer(String field) {
        byte[] bytes = bytes(field);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    public Bytes32 bytes32(String field) {
        return Bytes32.of(bytes(field));
    }

    /// What the case is called, for a test's display name.
    @Override
    public String toString() {
        return text("name");
    }
}
