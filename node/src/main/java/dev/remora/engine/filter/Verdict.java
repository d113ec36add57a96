package dev.remora.engine.filter;

/// What becomes of a packet, and why.
public enum Verdict {
    ACCEPT(""),
    MULTICAST("multicast"),
    LINK_LOCAL_UNICAST("link_local_unicast"),
    /// A later fragment for an address that is not ours.
    FRAGMENT("fragment"),
    /// Not for us, or no rule allows it.
    ACL("acl"),
    /// It would need a rule, and no rule counts because the user lets nobody in, or control not this peer.
    SHIELDS_UP("acl");

    private final String metricReason;

    Verdict(String metricReason) {
        this.metricReason = metricReason;
    }

    public boolean accepted() {
        return this == ACCEPT;
    }

    /// The word under which drops are counted; empty for [#ACCEPT].
    public String metricReason() {
        return metricReason;
    }
}
