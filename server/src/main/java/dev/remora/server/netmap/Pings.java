package dev.remora.server.netmap;

import dev.remora.crypto.MachineKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// What was asked of nodes and has not been answered. A token is good once, for the machine it was sent to.
final class Pings {
    private static final int TOKEN_BYTES = 16;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

    private record Waiting(MachineKey machine, CompletableFuture<byte[]> answer) {}

    /// A token, and what it will bring.
    record Asked(String token, CompletableFuture<byte[]> answer) {}

    Asked ask(MachineKey machine, Duration patience) {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = HexFormat.of().formatHex(bytes);
        CompletableFuture<byte[]> answer =
                new CompletableFuture<byte[]>()
                        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
        waiting.put(token, new Waiting(machine, answer));
        answer.whenComplete((body, failure) -> waiting.remove(token));
        return new Asked(token, answer);
    }

    boolean answered(MachineKey machine, String token, byte[] body) {
        Waiting asked = waiting.get(token);
        return asked != null
                && asked.machine().equals(machine)
                && waiting.remove(token, asked)
                && asked.answer().complete(body);
    }

    void close() {
        waiting.values()
                .forEach(asked ->
                        asked.answer().completeExceptionally(new IOException("the server stops")));
    }

    int size() {
        return waiting.size();
    }
}
