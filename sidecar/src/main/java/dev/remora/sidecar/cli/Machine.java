package dev.remora.sidecar.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a command asks of the machine that it runs on, apart from the daemon.
interface Machine {
    Instant now();

    void pause(Duration span) throws InterruptedException;

    /// The address that the system's resolver has for a name.
    Optional<String> resolve(String name);

    /// A process that looks like a daemon.
    Optional<DaemonProcess> daemonProcess();

    /// @param program its name
    /// @param isNew it may not have its socket yet
    record DaemonProcess(String program, long pid, boolean isNew) {}

    /// From now on Ctrl-C ends this program with code 0.
    void exitOnInterrupt();

    /// The real one.
    Machine THIS =
            new Machine() {
                @Override
                public Instant now() {
                    return Instant.now();
                }

                @Override
                public void pause(Duration span) throws InterruptedException {
                    Thread.sleep(span);
                }

                @Override
                public Optional<String> resolve(String name) {
                    try {
                        return Optional.of(InetAddress.getByName(name).getHostAddress());
                    } catch (UnknownHostException e) {
                        return Optional.empty();
                    }
                }

                @Override
                public void exitOnInterrupt() {
                    ExitOnInterrupt.install();
                }

                @Override
                public Optional<DaemonProcess> daemonProcess() {
                    return ProcessHandle.allProcesses()
                            .flatMap(process -> Machine.daemon(process).stream())
                            .findFirst();
                }
            };

    /// So long a start may take where others keep the processors busy.
    Duration NEW_FOR = Duration.ofSeconds(30);

    private static Optional<DaemonProcess> daemon(ProcessHandle process) {
        ProcessHandle.Info info = process.info();
        boolean isNew =
                info.startInstant().filter(Instant.now().minus(NEW_FOR)::isBefore).isPresent();
        if (info.command().map(Path::of).filter(path -> path.endsWith("tailscaled")).isPresent()) {
            return Optional.of(new DaemonProcess("tailscaled", process.pid(), isNew));
        }
        return isOurs(List.of(info.arguments().orElse(new String[0])))
                ? Optional.of(new DaemonProcess("remora", process.pid(), isNew))
                : Optional.empty();
    }

    /// A JVM by what follows its own flags: the program's name and its words, or in a container the launcher's path.
    private static boolean isOurs(List<String> words) {
        boolean isLaunched =
                words.stream()
                        .anyMatch(word ->
                                word.endsWith("/tailscaled") || word.endsWith("/containerboot"));
        return isLaunched || words.contains(LAUNCH) && words.contains("daemon");
    }

    /// What the launcher of a machine's own image names.
    String LAUNCH = "dev.remora.sidecar.launch.Launch";
}
