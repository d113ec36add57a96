package dev.remora.proto.control;

import io.avaje.json.JsonReader;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One recorded message, see `vectors/control/README.md`. Members are JSON as it was written.
public record Capture(Map<String, String> members) {
    private static final Jsonb JSON = Jsonb.builder().build();

    /// All messages of `headscale` or `testcontrold`, in their order.
    public static List<Capture> story(String name) {
        String resource = "/vectors/control/" + name + ".jsonl";
        try (@Nullable InputStream in = Capture.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + resource);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().skip(1).map(Capture::of).toList();
        } catch (IOException e) {
            throw new IllegalStateException(resource, e);
        }
    }

    private static Capture of(String line) {
        Map<String, String> members = new HashMap<>();
        try (JsonReader in = JSON.reader(line)) {
            in.beginObject();
            while (in.hasNextField()) {
                members.put(in.nextField(), in.readRaw());
            }
            in.endObject();
        }
        return new Capture(members);
    }

    public byte[] body() {
        return members.getOrDefault("body", "null").getBytes(StandardCharsets.UTF_8);
    }

    /// A member that is a text or a number, without quotes; empty if absent.
    public String text(String member) {
        String json = members.getOrDefault(member, "");
        return json.startsWith("\"") ? json.substring(1, json.length() - 1) : json;
    }

    public String kind() {
        return text("kind");
    }

    public String node() {
        return text("node");
    }

    public int step() {
        return Integer.parseInt(text("step"));
    }

    @Override
    public String toString() {
        return text("name");
    }
}
