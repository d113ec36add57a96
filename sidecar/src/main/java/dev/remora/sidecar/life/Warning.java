package dev.remora.sidecar.life;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Something that is not as it should be.
///
/// @param code stays the same from version to version
/// @param severity `high`, `medium` or `low`
/// @param title a few words
/// @param text a sentence: what is wrong and, where that is known, what to do
/// @param key what must change for this to count as something new; a text with the time of the next try in it is not news each time
/// @param impactsConnectivity peers may not get through
record Warning(
        String code, String severity, String title, String text, String key, boolean impactsConnectivity) {
    static Warning of(String code, String severity, String title, String text) {
        return new Warning(code, severity, title, text, text, false);
    }

    Warning withKey(String now) {
        return new Warning(code, severity, title, text, now, impactsConnectivity);
    }

    Warning cuttingOff() {
        return new Warning(code, severity, title, text, key, true);
    }

    /// @param since when it began, RFC 3339
    Map<String, @Nullable Object> toTree(String since) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("WarnableCode", code);
        tree.put("Severity", severity);
        tree.put("Title", title);
        tree.put("Text", text);
        tree.put("BrokenSince", since);
        if (code.equals("login-state")) {
            tree.put("DependsOn", List.of("wantrunning-false"));
        }
        if (impactsConnectivity) {
            tree.put("ImpactsConnectivity", true);
        }
        tree.put("ETag", Integer.toHexString(hashCode()));
        return tree;
    }
}
