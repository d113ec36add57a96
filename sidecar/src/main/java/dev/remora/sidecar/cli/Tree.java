package dev.remora.sidecar.cli;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.config.JsonTree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A look at a JSON value that asks nothing of it: what is absent, null or of another type reads as empty, zero or false, as it would in Go.
public record Tree(@Nullable Object value) {
    public static final Tree NOTHING = new Tree(null);

    public static Tree parse(byte[] json) throws MalformedException {
        return new Tree(JsonTree.readValue(json));
    }

    public Tree at(String name) {
        return value instanceof Map<?, ?> map ? new Tree(map.get(name)) : NOTHING;
    }

    public boolean isNull() {
        return value == null;
    }

    public String text() {
        return value instanceof String text ? text : "";
    }

    public boolean bool() {
        return Boolean.TRUE.equals(value);
    }

    public long number() {
        return value instanceof Number number ? number.longValue() : 0;
    }

    public double real() {
        return value instanceof Number number ? number.doubleValue() : 0;
    }

    /// The items of a list.
    public List<Tree> items() {
        if (!(value instanceof List<?> list)) {
            return List.of();
        }
        List<Tree> items = new ArrayList<>(list.size());
        list.forEach(item -> items.add(new Tree(item)));
        return items;
    }

    public List<String> texts() {
        List<String> texts = new ArrayList<>();
        items().forEach(item -> texts.add(item.text()));
        return texts;
    }

    /// The members of an object, in their order.
    public Map<String, Tree> members() {
        Map<String, Tree> members = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, member) -> members.put(String.valueOf(name), new Tree(member)));
        }
        return members;
    }

    /// A copy of an object to be changed, deep as far as objects go; empty if this is none.
    public Map<String, @Nullable Object> copy() {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        members()
                .forEach((name, member) ->
                        copy.put(
                                name,
                                member.value instanceof Map<?, ?> ? member.copy() : member.value));
        return copy;
    }
}
