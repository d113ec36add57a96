package dev.remora.sidecar.cli;

import java.util.ArrayList;
import java.util.List;

/// What a served port does, each with the flag that asks for it.
enum ServeKind {
    HTTPS("https"),
    HTTP("http"),
    TCP("tcp"),
    TLS_TERMINATED_TCP("tls-terminated-tcp");

    private static final int DEFAULT_PORT = 443;
    private static final int MAX_PORT = 0xffff;

    final String flag;

    ServeKind(String flag) {
        this.flag = flag;
    }

    boolean isWeb() {
        return this == HTTPS || this == HTTP;
    }

    /// A port and what it does.
    record Port(ServeKind kind, int number) {}

    static Port chosen(Flags flags) throws CommandException {
        List<Port> chosen = new ArrayList<>();
        for (ServeKind kind : values()) {
            long number = flags.number(kind.flag);
            if (number > MAX_PORT) {
                throw new CommandException(
                        "port number " + number + " is too high for " + kind.flag + " flag");
            }
            if (number != 0) {
                chosen.add(new Port(kind, (int) number));
            }
        }
        if (chosen.size() > 1) {
            throw new CommandException("cannot serve multiple types for a single mount point");
        }
        return chosen.isEmpty() ? new Port(HTTPS, DEFAULT_PORT) : chosen.getFirst();
    }
}
