package dev.remora.server.tailnet;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/// DNS labels out of host names, however odd these are.
final class Labels {
    static final int MAX = 63;

    /// For names of which nothing is left.
    private static final String NAMELESS = "node";

    private static final List<String> LOCAL_DOMAINS = List.of(".local", ".localdomain", ".lan");

    private Labels() {}

    /// The label that a host wishes for.
    static String of(String hostname) {
        String inner = trim(truncate(withoutLocalDomain(hostname)));
        StringBuilder label = new StringBuilder();
        for (int i = 0; i < inner.length(); i++) {
            char c = inner.charAt(i);
            if (isLetterOrDigit(c) || c == '-') {
                label.append(c);
            } else if (" .@_".indexOf(c) >= 0) {
                label.append('-');
            }
        }
        return label.isEmpty() ? NAMELESS : label.toString().toLowerCase(Locale.ROOT);
    }

    private static String withoutLocalDomain(String hostname) {
        for (String domain : LOCAL_DOMAINS) {
            if (hostname.toLowerCase(Locale.ROOT).endsWith(domain)) {
                return hostname.substring(0, hostname.length() - domain.length());
            }
        }
        return hostname;
    }

    private static String truncate(String text) {
        return text.length() <= MAX ? text : text.substring(0, MAX);
    }

    private static String trim(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && !isLetterOrDigit(text.charAt(start))) {
            start++;
        }
        while (end > start && !isLetterOrDigit(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isLetterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    /// The wished label, or the first of `label-1`, `label-2` … that is free.
    static String free(String label, Predicate<String> taken) {
        String candidate = label;
        for (int i = 1; taken.test(candidate); i++) {
            String suffix = "-" + i;
            int room = MAX - suffix.length();
            String base = label.length() <= room ? label : label.substring(0, room);
            candidate = base + suffix;
        }
        return candidate;
    }

    /// Whether this can stand in a DNS name as it is.
    static boolean isValid(String label) {
        return label.length() <= MAX && label.matches("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
    }
}
