package dev.remora.server.policy;

import java.util.List;
import java.util.Set;

/// One rule of the `ssh` section. Nodes are not told of it: this server has no part in SSH. It is read because a wrong
/// rule is wrong, and because `sshTests` speak of it.
///
/// @param logins names at the destination, `autogroup:nonroot` for any but root, `localpart:*@domain`
/// @param check whether the person is asked again
record SshRule(List<Alias> from, List<Alias> to, Set<String> logins, boolean check) {
    static final String NOT_ROOT = "autogroup:nonroot";

    SshRule {
        from = List.copyOf(from);
        to = List.copyOf(to);
        logins = Set.copyOf(logins);
    }

    /// Whether somebody with one of these mail addresses may log in by this name.
    boolean allowsLogin(String login, Set<String> emails) {
        return logins.contains(login)
                || logins.contains(NOT_ROOT) && !login.equals("root")
                || emails.stream().anyMatch(email -> isLocalPart(login, email));
    }

    private boolean isLocalPart(String login, String email) {
        int at = email.lastIndexOf('@');
        return at > 0
                && email.substring(0, at).equals(login)
                && logins.contains("localpart:*" + email.substring(at));
    }
}
