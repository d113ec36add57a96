package dev.remora.sidecar.kube;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.config.JsonTree;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A Secret as the API server shows it.
///
/// @param tree all of it, so that it can be written back whole
/// @param version changes with every change of it
/// @param data what it keeps, by name
record Secret(Map<String, Object> tree, String version, Map<String, byte[]> data) {
    static Secret parse(String json) throws MalformedException {
        Map<String, Object> tree = JsonTree.read(json.getBytes(StandardCharsets.UTF_8));
        Map<String, byte[]> data = new TreeMap<>();
        if (tree.get("data") instanceof Map<?, ?> members) {
            for (Map.Entry<?, ?> member : members.entrySet()) {
                data.put(String.valueOf(member.getKey()), decoded(member.getValue()));
            }
        }
        String version =
                tree.get("metadata") instanceof Map<?, ?> about
                                && about.get("resourceVersion") instanceof String text
                        ? text
                        : "";
        return new Secret(tree, version, data);
    }

    private static byte[] decoded(Object value) throws MalformedException {
        try {
            return Base64.getDecoder().decode(String.valueOf(value));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("an entry of a Secret that is not base64");
        }
    }

    static String encoded(byte[] value) {
        return Base64.getEncoder().encodeToString(value);
    }

    Optional<byte[]> entry(String name) {
        return Optional.ofNullable(data.get(name)).filter(value -> value.length > 0);
    }

    /// The same with other entries, as a whole.
    ///
    /// @param changes an empty value removes the entry
    String with(Map<String, byte[]> changes) {
        Map<String, byte[]> entries = new TreeMap<>(data);
        entries.putAll(changes);
        entries.values().removeIf(value -> value.length == 0);
        Map<String, Object> encoded = new LinkedHashMap<>();
        entries.forEach((name, value) -> encoded.put(name, encoded(value)));
        Map<String, Object> whole = new LinkedHashMap<>(tree);
        whole.put("data", encoded);
        return JsonTree.compact(whole);
    }

    /// Nobody may read what is in it.
    @Override
    public String toString() {
        return "Secret[version=%s, entries=%s]".formatted(version, data.keySet());
    }
}
