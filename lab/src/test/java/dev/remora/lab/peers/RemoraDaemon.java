package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Our own daemon, in userspace, started as a user would start it.
public final class RemoraDaemon extends TailnetDaemon {
    private final List<String> flags;

    private RemoraDaemon(Host host, Map<String, String> env, List<String> flags) {
        super(host, env);
        this.flags = flags;
    }

    /// One on `host` that has not been started yet.
    ///
    /// @param flags added to the daemon's command line
    public static RemoraDaemon on(Host host, CertificateAuthority authority, String... flags) {
        return new RemoraDaemon(
                host, Map.of("SSL_CERT_FILE", authority.root().toString()), List.of(flags));
    }

    /// One on `host` that has not been started yet, and trusts whom these variables say.
    public static RemoraDaemon trusting(Host host, Map<String, String> env, String... flags) {
        return new RemoraDaemon(host, env, List.of(flags));
    }

    @Override
    String program() {
        return "remora";
    }

    @Override
    List<String> daemonCommand() {
        List<String> command = new ArrayList<>();
        command.add(Programs.remora());
        command.add("daemon");
        command.add("--tun=userspace-networking");
        command.add("--statedir=" + state());
        command.add("--socket=" + socket());
        command.addAll(flags);
        return command;
    }

    @Override
    List<String> cliCommand() {
        return List.of(Programs.remora());
    }
}
