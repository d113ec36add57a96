package dev.remora.server.policy;

import dev.remora.base.IpPrefix;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;

/// What a policy calls things by. Filled while its definitions are read, before any rule is.
final class Names {
    final Map<String, SortedSet<String>> groups = new HashMap<>();
    final Map<String, IpPrefix> hosts = new HashMap<>();
    final Map<String, Place> tags = new HashMap<>();

    /// Users, by what the policy calls them, with the first place where it does.
    final Map<String, Place> users = new TreeMap<>();

    /// The name of a user as it is looked up: a bare `@` behind it only says that it is one.
    static String ofUser(String text) {
        return text.endsWith("@") ? text.substring(0, text.length() - 1) : text;
    }

    static boolean isUser(String text) {
        return text.indexOf('@') > 0;
    }
}
