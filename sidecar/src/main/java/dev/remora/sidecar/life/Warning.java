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
/// @param impactsConnectivity peers may not get through
/// @param logged whoever noticed it has logged it, with more detail
record Warning(
        String code,
        String severity,
        String title,
        String text,
        boolean impactsConnectivity,
        boolean logged) {
    static Warning of(String code, String severity, String title, String text) {
        return new Warning(code, severity, title, text, false, false);
    }

    Warning cuttingOff() {
        return new Warning(code, severity, title, text, true, logged);
    }

    Warning loggedAlready() {
        return new Warning(code, severity, title, text, impactsConnectivity, true);
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
