package dev.remora.sidecar.life;

import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.HostInfoBuilder;
import dev.remora.sidecar.config.Prefs;
import dev.remora.sidecar.config.Version;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The machine we run on, as far as the control server is told.
///
/// @param hostname as the system calls itself, first label
/// @param kernel release of the kernel
/// @param distro from `os-release`; `distroVersion` and `codeName` likewise; empty where unknown
/// @param arch as `uname -m` says it
/// @param container whether this is a container
record SystemInfo(
        String hostname,
        String kernel,
        String distro,
        String distroVersion,
        String codeName,
        String arch,
        boolean container) {
    private static final int LONGEST_LABEL = 63;

    /// Looks at this machine.
    static SystemInfo here() {
        Map<String, String> release = osRelease(Path.of("/etc/os-release"));
        return new SystemInfo(
                sanitized(systemHostname()),
                System.getProperty("os.version", ""),
                release.getOrDefault("ID", ""),
                release.getOrDefault("VERSION_ID", ""),
                release.getOrDefault("VERSION_CODENAME", ""),
                arch(System.getProperty("os.arch", "")),
                inContainer());
    }

    private static String systemHostname() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException unnamed) {
                return "";
            }
        }
    }

    private static Map<String, String> osRelease(Path file) {
        Map<String, String> values = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    values.put(
                            line.substring(0, equals),
                            line.substring(equals + 1).replaceAll("^[\"']|[\"']$", ""));
                }
            }
        } catch (IOException e) {
            return Map.of(); // not every system says what it is
        }
        return values;
    }

    private static String arch(String jdkName) {
        return jdkName.equals("amd64") ? "x86_64" : jdkName;
    }

    private static boolean inContainer() {
        if (Files.exists(Path.of("/.dockerenv")) || Files.exists(Path.of("/run/.containerenv"))) {
            return true;
        }
        try {
            String groups = Files.readString(Path.of("/proc/1/cgroup"));
            return groups.contains("/docker/")
                    || groups.contains("/lxc/")
                    || groups.contains("kubepods");
        } catch (IOException e) {
            return false;
        }
    }

    /// A DNS label made of any name: letters, digits and dashes, 63 at most.
    static String sanitized(String name) {
        String first = name.toLowerCase(Locale.ROOT).replaceFirst("\\..*", "");
        String label = first.replaceAll("[^a-z0-9-]+", "-").replaceAll("^-+|-+$", "");
        return label.length() <= LONGEST_LABEL ? label : label.substring(0, LONGEST_LABEL);
    }

    /// What the control server is told.
    HostInfo hostInfo(Prefs prefs) {
        HostInfoBuilder info =
                new HostInfoBuilder()
                        .ipnVersion(Version.TEXT)
                        .os("linux")
                        .osVersion(kernel)
                        .container(container)
                        .app("remora")
                        .hostname(hostname(prefs))
                        .shieldsUp(prefs.shieldsUp())
                        .noLogsNoSupport(true)
                        .machine(arch)
                        .services(List.of())
                        .userspace(true)
                        .userspaceRouter(true)
                        .stateEncrypted(false);
        if (!distro.isEmpty()) {
            info.distro(distro).distroVersion(distroVersion).distroCodeName(codeName);
        }
        if (!prefs.advertiseRoutes().isEmpty()) {
            info.routableIps(prefs.advertiseRoutes());
        }
        if (!prefs.advertiseTags().isEmpty()) {
            info.requestTags(prefs.advertiseTags());
        }
        return info.build();
    }

    /// The name we ask for: the user's, else the system's.
    String hostname(Prefs prefs) {
        return prefs.hostname().isEmpty() ? hostname : prefs.hostname();
    }
}
