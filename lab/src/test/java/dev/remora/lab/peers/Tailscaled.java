package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A real tailscaled.
public final class Tailscaled extends TailnetDaemon {
    /// How the overlay appears on its host.
    public enum Mode {
        /// As an interface `tailscale0`: every program of the host is on the tailnet.
        TUN("tailscale0"),
        /// Inside the process only: reached by `serve`, reaching out through a proxy.
        USERSPACE("userspace-networking");

        private final String flag;

        Mode(String flag) {
            this.flag = flag;
        }
    }

    /// Which release it is.
    public enum Release {
        CURRENT(""),
        /// The oldest that our control server serves.
        OLDEST("-1.80.3");

        private final String suffix;

        Release(String suffix) {
            this.suffix = suffix;
        }
    }

    private final Release release;
    private final Mode mode;
    private final List<String> flags;

    private Tailscaled(Host host, Path trusted, Release release, Mode mode, List<String> flags) {
        this(host, Map.of("SSL_CERT_FILE", trusted.toString()), release, mode, flags);
    }

    private Tailscaled(
            Host host, Map<String, String> env, Release release, Mode mode, List<String> flags) {
        super(host, withoutTraces(env));
        this.release = release;
        this.mode = mode;
        this.flags = flags;
    }

    private static Map<String, String> withoutTraces(Map<String, String> env) {
        Map<String, String> all = new HashMap<>(env);
        all.put("TS_NO_LOGS_NO_SUPPORT", "true");
        // never the machine's own resolver, which it would reconfigure
        all.put("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent");
        return all;
    }

    /// One on `host` that has not been started yet.
    ///
    /// @param flags added to the daemon's command line
    public static Tailscaled on(
            Host host, CertificateAuthority authority, Mode mode, String... flags) {
        return new Tailscaled(host, authority.root(), Release.CURRENT, mode, List.of(flags));
    }

    /// The same of a chosen release.
    public static Tailscaled of(
            Release release, Host host, CertificateAuthority authority, Mode mode) {
        return of(release, host, authority.root(), mode);
    }

    /// The same that trusts what a file holds.
    public static Tailscaled of(Release release, Host host, Path trusted, Mode mode) {
        return new Tailscaled(host, trusted, release, mode, List.of());
    }

    /// The same that has these variables, `SSL_CERT_FILE` among them.
    public static Tailscaled with(Map<String, String> env, Release release, Host host, Mode mode) {
        return new Tailscaled(host, env, release, mode, List.of());
    }

    @Override
    String program() {
        return "tailscaled";
    }

    @Override
    List<String> daemonCommand() {
        List<String> command = new ArrayList<>();
        command.add(Programs.peer("tailscaled" + release.suffix));
        command.add("--tun=" + mode.flag);
        command.add("--statedir=" + state());
        command.add("--socket=" + socket());
        command.addAll(flags);
        return mode == Mode.TUN ? host().withOwnEtc(command) : command;
    }

    @Override
    List<String> cliCommand() {
        return List.of(Programs.peer("tailscale" + release.suffix));
    }
}
