package dev.remora.lab.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Runs commands to their end. Nothing here goes through a shell's quoting: a command is a list of words.
public final class Shell {
    /// How long a command may take unless the caller says otherwise: long enough for a loaded machine, short
    /// enough that a hanging one does not use up the whole run.
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final ExecutorService READERS = Executors.newVirtualThreadPerTaskExecutor();

    private Shell() {}

    public static Result run(String... command) {
        return run(List.of(command), Map.of(), "", PATIENCE);
    }

    public static Result run(List<String> command) {
        return run(command, Map.of(), "", PATIENCE);
    }

    /// Runs `command` with `stdin` as its input and `env` added to our own environment, for at most `patience`.
    public static Result run(
            List<String> command, Map<String, String> env, String stdin, Duration patience) {
        long start = System.nanoTime();
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(env);
        try {
            Process process = builder.start();
            CompletableFuture<String> stdout = readAll(process.getInputStream());
            CompletableFuture<String> stderr = readAll(process.getErrorStream());
            feed(process, stdin);
            boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            int exit = ended ? process.exitValue() : -1;
            return new Result(command, exit, stdout.join(), stderr.join(), took);
        } catch (IOException e) {
            throw new LabException("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while running " + command, e);
        }
    }

    private static void feed(Process process, String stdin) {
        try (var input = process.getOutputStream()) {
            input.write(stdin.getBytes(UTF_8));
        } catch (IOException e) {
            // The command ended without reading its input, which is its right: its exit code says
            // the rest.
        }
    }

    private static CompletableFuture<String> readAll(InputStream stream) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (stream) {
                        return new String(stream.readAllBytes(), UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                READERS);
    }
}
