package dev.remora.sidecar.kube;

import java.io.IOException;

/// The cluster does not do what it was asked. The message is one sentence for people, without a full stop, as those of files are.
public final class KubeException extends IOException {
    private static final long serialVersionUID = 1L;

    /// Nobody was asked, or nobody answered.
    static final int NO_ANSWER = 0;

    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;

    private final int status;

    KubeException(String message) {
        this(message, NO_ANSWER);
    }

    KubeException(String message, int status) {
        super(message);
        this.status = status;
    }

    /// HTTP's.
    int status() {
        return status;
    }
}
