package dev.remora.sidecar.localapi;

/// Who is at the other end of the Unix socket, by the kernel's word.
///
/// @param uid user id, or -1 if the system does not tell
public record Caller(int uid) {
    /// Nobody in particular: may read and no more.
    public static final Caller UNKNOWN = new Caller(-1);

    public boolean isRoot() {
        return uid == 0;
    }
}
