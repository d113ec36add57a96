package dev.remora.engine.netmap;

import dev.remora.proto.control.MapResponse;
import dev.remora.proto.control.UserProfile;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/// The profiles of users; within a stream they are added and replaced, never deleted.
final class Users {
    private Users() {}

    static Map<UserId, UserProfile> merged(Map<UserId, UserProfile> before, MapResponse message) {
        if (message.userProfiles() == null || message.userProfiles().isEmpty()) {
            return before;
        }
        Map<UserId, UserProfile> users = new HashMap<>(before);
        for (UserProfile profile : Lists.present(message.userProfiles())) {
            users.put(new UserId(profile.id()), profile);
        }
        return Collections.unmodifiableMap(users);
    }
}
