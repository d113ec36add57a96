package dev.remora.sidecar.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// What a command asks of the machine that it runs on, apart from the daemon.
interface Machine {
    Instant now();

    void pause(Duration span) throws InterruptedException;

    /// The address that the system's resolver has for a name.
    Optional<String> resolve(String name);

    /// The id of a process that looks like a daemon.
    OptionalLong daemonProcess();

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
                public OptionalLong daemonProcess() {
                    return ProcessHandle.allProcesses()
                            .filter(Machine::isDaemon)
                            .mapToLong(ProcessHandle::pid)
                            .findFirst();
                }
            };

    private static boolean isDaemon(ProcessHandle process) {
        return process.info()
                .command()
                .map(Path::of)
                .filter(command -> command.endsWith("tailscaled"))
                .isPresent();
    }
}
