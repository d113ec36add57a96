package dev.remora.lab.net;

import dev.remora.lab.run.LabException;
import dev.remora.lab.run.LabFolder;
import dev.remora.lab.run.Result;
import dev.remora.lab.run.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// One network namespace, with a small `/etc` of its own, so that a program inside may rewrite `resolv.conf`
/// without anybody else noticing.
///
/// `ip netns exec` lays `/etc/netns/<name>/resolv.conf` over the system's. Here that is a link into the lab's
/// folder, into the `etc` that a daemon may be given as a whole (see [Host#withOwnEtc]).
final class Namespace {
    private static final Path ETC_NETNS = Path.of("/etc/netns");
    private static final List<String> ETC_FILES =
            List.of(
                    "alternatives",
                    "group",
                    "host.conf",
                    "hosts",
                    "java-25-openjdk",
                    "ld.so.cache",
                    "localtime",
                    "nsswitch.conf",
                    "os-release",
                    "passwd",
                    "protocols",
                    "services",
                    "ssl");

    private final String name;
    private final Path etc;

    private Namespace(String name, Path etc) {
        this.name = name;
        this.etc = etc;
    }

    static Namespace create(LabFolder folder, String shortName) {
        String name = folder.id() + "-" + shortName;
        Namespace namespace = new Namespace(name, folder.folder("etc/" + shortName));
        try {
            namespace.fillEtc();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Shell.run("ip", "netns", "add", name).orThrow();
        namespace.ip("link set lo up");
        return namespace;
    }

    /// A namespace that somebody else has made and will remove.
    static Namespace existing(LabFolder folder, String name) {
        return new Namespace(name, folder.folder("etc/" + name));
    }

    private void fillEtc() throws IOException {
        for (String file : ETC_FILES) {
            Path source = Path.of("/etc", file);
            if (Files.exists(source)) {
                Shell.run("cp", "-a", source.toString(), etc.toString()).orThrow();
            }
        }
        Files.writeString(etc.resolve("resolv.conf"), "# nobody answers here\n");
        Path overlay = Files.createDirectories(ETC_NETNS.resolve(name));
        Files.createSymbolicLink(overlay.resolve("resolv.conf"), etc.resolve("resolv.conf"));
    }

    String name() {
        return name;
    }

    Path etc() {
        return etc;
    }

    /// Runs `ip` in here, with arguments that hold no spaces of their own.
    void ip(String arguments) {
        Shell.run(
                        Stream.concat(Stream.of("ip", "-n", name), Stream.of(arguments.split(" ")))
                                .toList())
                .orThrow();
    }

    /// Loads rules for nftables, all or none of them.
    void nft(String rules) {
        run(List.of("nft", "-f", "-"), Map.of(), rules, Shell.PATIENCE).orThrow();
    }

    void sysctl(String setting) {
        run(List.of("sysctl", "-qw", setting), Map.of(), "", Shell.PATIENCE).orThrow();
    }

    Result run(List<String> command, Map<String, String> env, String stdin, Duration patience) {
        return Shell.run(inside(command), env, stdin, patience);
    }

    /// `command` as it has to be written to run in here; it then replaces `ip` and keeps its process id.
    List<String> inside(List<String> command) {
        return Stream.concat(Stream.of("ip", "netns", "exec", name), command.stream()).toList();
    }

    /// Removes every namespace of this lab, its processes first.
    static void deleteAll(String labId) {
        for (String name : all()) {
            if (name.startsWith(labId + "-")) {
                delete(name);
            }
        }
    }

    /// Removes the namespaces of labs that left neither folder nor process.
    static void deleteOrphans() {
        for (String name : all()) {
            if (ownerOf(name).filter(pid -> ProcessHandle.of(pid).isEmpty()).isPresent()) {
                delete(name);
            }
        }
    }

    private static Optional<Long> ownerOf(String namespace) {
        if (!namespace.matches("rl[0-9a-f]+x[0-9]+-.*")) {
            return Optional.empty();
        }
        return Optional.of(Long.parseLong(namespace.substring(2, namespace.indexOf('x')), 16));
    }

    private static void delete(String name) {
        Shell.run("ip", "netns", "pids", name)
                .stdout()
                .lines()
                .map(pid -> ProcessHandle.of(Long.parseLong(pid.strip())))
                .forEach(process -> process.ifPresent(ProcessHandle::destroyForcibly));
        Shell.run("ip", "netns", "del", name); // fails only if somebody else was faster
        try {
            Files.deleteIfExists(ETC_NETNS.resolve(name).resolve("resolv.conf"));
            Files.deleteIfExists(ETC_NETNS.resolve(name));
        } catch (IOException e) {
            throw new LabException("cannot remove " + ETC_NETNS.resolve(name), e);
        }
    }

    private static List<String> all() {
        return Shell.run("ip", "netns", "list")
                .orThrow()
                .stdout()
                .lines()
                .map(line -> line.replaceAll(" .*", "")) // "name (id: 7)"
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
