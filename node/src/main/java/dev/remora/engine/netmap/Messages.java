package dev.remora.engine.netmap;

import dev.remora.proto.control.DisplayMessage;
import dev.remora.proto.control.MapResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Texts of the server for people.
final class Messages {
    /// Not an id: with `null` it clears all of them.
    private static final String ALL = "*";

    private Messages() {}

    static SortedMap<String, DisplayMessage> merged(
            SortedMap<String, DisplayMessage> before, MapResponse message) {
        if (message.displayMessages() == null || message.displayMessages().isEmpty()) {
            return before;
        }
        SortedMap<String, DisplayMessage> messages = new TreeMap<>(before);
        if (message.displayMessages().containsKey(ALL)
                && message.displayMessages().get(ALL) == null) {
            messages.clear();
        }
        message.displayMessages()
                .forEach((id, text) -> {
                    if (text == null) {
                        messages.remove(id);
                    } else {
                        messages.put(id, text);
                    }
                });
        return Collections.unmodifiableSortedMap(messages);
    }

    /// The older form, a list of texts, as messages of medium severity.
    static SortedMap<String, DisplayMessage> ofHealth(List<String> health) {
        SortedMap<String, DisplayMessage> messages = new TreeMap<>();
        for (String text : health) {
            messages.put(
                    "health-" + sha256(text),
                    new DisplayMessage("Control server", text, "medium", false, null));
        }
        return Collections.unmodifiableSortedMap(messages);
    }

    private static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
