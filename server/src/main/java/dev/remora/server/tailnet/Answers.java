package dev.remora.server.tailnet;

import dev.remora.proto.control.LoginInfo;
import dev.remora.proto.control.RegisterResponse;
import dev.remora.proto.control.UserInfo;
import dev.remora.proto.control.UserProfile;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.User;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What clients are told about a registration, every member written: a strict reader needs each.
final class Answers {
    /// Whose tagged nodes are, to clients, for whom every node is somebody's. Clients of headscale's know the number.
    static final UserProfile TAGGED_DEVICES =
            new UserProfile(2147455555L, "tagged-devices", "Tagged Devices", "", List.of());

    private Answers() {}

    /// How things stand for a node that is there.
    static RegisterResponse member(Node node, UserProfile profile, Instant created, Instant now) {
        boolean expired = node.membership().expired(now);
        return answer(profile, created, expired, !expired && node.membership().authorized());
    }

    /// The key is over; the client makes a new one and comes back.
    static RegisterResponse ended() {
        return new RegisterResponse(nobody(), nobodysLogin(), true, false, "", "", "");
    }

    static RegisterResponse visit(String url) {
        return new RegisterResponse(nobody(), nobodysLogin(), false, false, url, "", "");
    }

    static RegisterResponse refused(String sentence) {
        return new RegisterResponse(nobody(), nobodysLogin(), false, false, "", "", sentence);
    }

    static UserProfile profile(User user) {
        return new UserProfile(
                user.id(), user.loginName(), displayName(user), user.pictureUrl(), List.of());
    }

    /// A node's owner, as others see them.
    static UserProfile profile(Node node, Roster roster) {
        return userOf(node, roster).map(Answers::profile).orElse(TAGGED_DEVICES);
    }

    static Optional<User> userOf(Node node, Roster roster) {
        return node.owner() instanceof Owner.Person(long id) ? roster.user(id) : Optional.empty();
    }

    private static String displayName(User user) {
        return user.displayName().isEmpty() ? user.loginName() : user.displayName();
    }

    private static RegisterResponse answer(
            UserProfile profile, Instant created, boolean expired, boolean authorized) {
        return new RegisterResponse(
                new UserInfo(profile.id(), profile.displayName(), profile.profilePicUrl(), created),
                new LoginInfo(
                        profile.id(),
                        "local",
                        profile.loginName(),
                        profile.displayName(),
                        profile.profilePicUrl()),
                expired,
                authorized,
                "",
                "",
                "");
    }

    private static UserInfo nobody() {
        return new UserInfo(0, "", "", null);
    }

    private static LoginInfo nobodysLogin() {
        return new LoginInfo(0, "", "", "", "");
    }
}
