package dev.remora.lab.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// A program that runs in the background until it is stopped. What it prints goes to a log of its name.
public final class LabProcess implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(15);
    private static final double TICKS_PER_SECOND =
            100; // USER_HZ, the same on every Linux we run on

    private final String name;
    private final LabFolder folder;
    private final Process process;
    private final ProcessId id;

    /// Where its own part of the log begins, behind those of its earlier lives.
    private final int logBegin;

    private LabProcess(String name, LabFolder folder, Process process, ProcessId id, int logBegin) {
        this.name = name;
        this.folder = folder;
        this.process = process;
        this.id = id;
        this.logBegin = logBegin;
    }

    /// Starts `command` with `env` added to our own environment; its log is appended to.
    public static LabProcess start(
            LabFolder folder, String name, Map<String, String> env, List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.path().toFile())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(folder.log(name).toFile()));
        builder.environment().putAll(env);
        try {
            Path log = folder.log(name);
            int logBegin = Files.exists(log) ? read(log).length() : 0;
            Process process = builder.start();
            ProcessId id =
                    ProcessId.of(process.pid())
                            .orElse(new ProcessId(process.pid(), 0)); // gone already
            folder.noteProcess(id);
            return new LabProcess(name, folder, process, id, logBegin);
        } catch (IOException e) {
            throw new LabException("cannot start " + command, e);
        }
    }

    public String name() {
        return name;
    }

    public long pid() {
        return id.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /// Waits for `condition`, and gives up at once with the end of the log if the process ends before it holds.
    public void awaitReady(Duration patience, String what, BooleanSupplier condition) {
        try {
            Await.until(what, patience, () -> !isAlive() || condition.getAsBoolean());
        } catch (LabException e) {
            throw new LabException(e.getMessage() + "\n" + logTail(30), e);
        }
        if (!isAlive()) {
            throw new LabException(
                    name
                            + " ended with "
                            + process.exitValue()
                            + " before "
                            + what
                            + "\n"
                            + logTail(30));
        }
    }

    /// Waits until it has printed `text` in this life.
    ///
    /// @return itself
    public LabProcess awaitSaid(Duration patience, String text) {
        awaitReady(patience, name + " said: " + text, () -> log().indexOf(text, logBegin) >= 0);
        return this;
    }

    /// Waits until it ended by itself.
    ///
    /// @return its exit code
    public int awaitExit(Duration patience) {
        if (!waitFor(patience)) {
            throw new LabException(name + " still runs after " + patience.toMillis() + " ms");
        }
        folder.forgetProcess(id);
        return process.exitValue();
    }

    /// Asks it to end (SIGTERM) and insists when it does not.
    public void stop() {
        process.destroy();
        if (!waitFor(GRACE)) {
            process.destroyForcibly();
            waitFor(GRACE);
        }
        folder.forgetProcess(id);
    }

    /// Ends it without warning (SIGKILL), as a crash would.
    public void kill() {
        process.destroyForcibly();
        waitFor(GRACE);
        folder.forgetProcess(id);
    }

    /// Sends a signal such as `HUP`.
    public void signal(String signal) {
        Shell.run("kill", "-" + signal, Long.toString(pid())).orThrow();
    }

    @Override
    public void close() {
        stop();
    }

    private boolean waitFor(Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while waiting for the end of " + name, e);
        }
    }

    /// Everything it has printed so far, in all its lives.
    public String log() {
        return read(folder.log(name));
    }

    public String logTail(int lines) {
        List<String> all = log().lines().toList();
        return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    }

    /// User and system time used so far, in seconds.
    public double cpuSeconds() {
        String stat = read(proc("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /// Memory that is resident now, in bytes.
    public long residentBytes() {
        return statusNumber("VmRSS") * 1024;
    }

    /// The most memory that was ever resident, in bytes.
    public long peakResidentBytes() {
        return statusNumber("VmHWM") * 1024;
    }

    public int threads() {
        return (int) statusNumber("Threads");
    }

    public int fileDescriptors() {
        try (Stream<Path> files = Files.list(proc("fd"))) {
            return (int) files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long statusNumber(String field) {
        return read(proc("status"))
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new LabException(name + " has no " + field));
    }

    private Path proc(String file) {
        return Path.of("/proc", Long.toString(pid()), file);
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
