package dev.remora.sidecar.life;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One message to watchers: members in the order in which `tailscaled` writes them. The first group is always there, `null` when unused; the
/// others only when they are set.
final class Notify {
    private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

    Notify(String version) {
        members.put("Version", version);
        for (Member member : Member.values()) {
            if (member.always) {
                members.put(member.jsonName, null);
            } else {
                members.put(member.jsonName, Absent.ABSENT);
            }
        }
    }

    private enum Absent {
        ABSENT
    }

    /// What a message may say, in order.
    enum Member {
        SESSION_ID("SessionID", false),
        ERROR("ErrMessage", true),
        LOGIN_FINISHED("LoginFinished", true),
        STATE("State", true),
        PREFS("Prefs", true),
        SELF_CHANGE("SelfChange", false),
        NET_MAP("NetMap", true),
        INITIAL_STATUS("InitialStatus", false),
        PEERS_CHANGED("PeersChanged", false),
        PEERS_REMOVED("PeersRemoved", false),
        ENGINE("Engine", true),
        BROWSE_TO_URL("BrowseToURL", true),
        DRIVE_SHARES("DriveShares", true),
        HEALTH("Health", false);

        private final String jsonName;
        private final boolean always;

        Member(String jsonName, boolean always) {
            this.jsonName = jsonName;
            this.always = always;
        }
    }

    Notify with(Member member, Object value) {
        members.put(member.jsonName, value);
        return this;
    }

    /// Ready to be written as JSON.
    Map<String, @Nullable Object> toTree() {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>(members);
        tree.values().removeIf(value -> value == Absent.ABSENT);
        return tree;
    }
}
