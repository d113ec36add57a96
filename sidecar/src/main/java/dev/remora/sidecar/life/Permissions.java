package dev.remora.sidecar.life;

import dev.remora.sidecar.localapi.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who may do what, by the user at the other end of the socket. Everybody may look.
final class Permissions {
    private static final Logger LOG = LoggerFactory.getLogger(Permissions.class);

    private final int ownUid;
    private final Supplier<String> operator;

    /// @param ownUid the user that this daemon runs as
    /// @param operator the name or number of one more user who may change things; empty: nobody
    Permissions(int ownUid, Supplier<String> operator) {
        this.ownUid = ownUid;
        this.operator = operator;
    }

    /// The user that this process runs as, or -1.
    static int ownUid() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("this system does not tell who we are", e);
            return -1;
        }
    }

    /// Root, our own user, and the operator.
    boolean mayWrite(Caller caller) {
        return mayEnd(caller)
                || caller.uid() >= 0 && uidOf(operator.get()).equals(OptionalInt.of(caller.uid()));
    }

    /// Root and our own user.
    boolean mayEnd(Caller caller) {
        return caller.isRoot() || caller.uid() >= 0 && caller.uid() == ownUid;
    }

    private static OptionalInt uidOf(String user) {
        if (user.isEmpty()) {
            return OptionalInt.empty();
        }
        if (user.length() < 10 && user.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return OptionalInt.of(Integer.parseInt(user));
        }
        try {
            return Files.readAllLines(Path.of("/etc/passwd")).stream()
                    .map(line -> line.split(":", -1))
                    .filter(fields -> fields.length > 2 && fields[0].equals(user))
                    .mapToInt(fields -> Integer.parseInt(fields[2]))
                    .findFirst();
        } catch (IOException | NumberFormatException e) {
            LOG.warn("the operator {} is not known here: {}", user, e.getMessage());
            return OptionalInt.empty();
        }
    }
}
