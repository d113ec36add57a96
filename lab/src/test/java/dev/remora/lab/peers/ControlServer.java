package dev.remora.lab.peers;

/// What nodes of a lab join: a control server of either kind.
public interface ControlServer {
    /// What nodes give as `--login-server`.
    String url();

    /// A new auth key.
    String authKey(AuthKeyRequest request);

    /// A new auth key of alice's for one node.
    default String authKey() {
        return authKey(AuthKeyRequest.forUser("alice"));
    }

    /// Replaces the policy.
    void policy(String hujson);

    /// Lets a login in that waits under this id.
    void approve(String authId, String user);

    /// Ends it gracefully and starts it again.
    void restart();
}
