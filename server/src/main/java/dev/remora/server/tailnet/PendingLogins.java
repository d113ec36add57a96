package dev.remora.server.tailnet;

import dev.remora.crypto.MachineKey;
import dev.remora.proto.control.RegisterRequest;
import dev.remora.server.model.Node;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// Logins that wait for a person. Anybody may start one, so there are few for a machine, a bounded number in all, each for
/// a quarter of an hour, and their names cannot be guessed. They are not kept over a restart: clients ask again.
final class PendingLogins {
    private static final Duration LASTS = Duration.ofMinutes(15);
    private static final int MOST = 1024;
    private static final int MOST_PER_MACHINE = 8;
    private static final int ID_BYTES = 16;

    private final String urlPrefix;
    private final Agenda agenda;
    private final RandomGenerator random;
    private final Clock clock;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    PendingLogins(TailnetSettings settings, Agenda agenda, Clock clock, RandomGenerator random) {
        this.urlPrefix = settings.serverUrl() + "/register/";
        this.agenda = agenda;
        this.clock = clock;
        this.random = random;
    }

    /// What became of a login.
    sealed interface Verdict {}

    record Approved(Node node) implements Verdict {}

    record Rejected(String why) implements Verdict {}

    /// Nobody decided, or about another login of the same node.
    record Gone() implements Verdict {}

    /// A login that waits, with the newest that its client has said.
    ///
    /// @param waiting how many requests of its client are held open for it
    record Entry(
            String id,
            MachineKey machine,
            RegisterRequest request,
            Instant created,
            CompletableFuture<Verdict> verdict,
            AtomicInteger waiting) {
        Entry with(RegisterRequest next) {
            boolean silent = next.hostInfo() == null;
            return silent ? this : new Entry(id, machine, next, created, verdict, waiting);
        }
    }

    /// Makes a new one.
    ///
    /// @return where a person must go
    synchronized String add(MachineKey machine, RegisterRequest request) {
        makeRoom(entry -> entry.machine().equals(machine), MOST_PER_MACHINE);
        makeRoom(entry -> true, MOST);
        String id = KeySecret.randomHex(random, ID_BYTES);
        Instant now = clock.instant();
        entries.put(
                id,
                new Entry(
                        id, machine, request, now, new CompletableFuture<>(), new AtomicInteger()));
        agenda.after(Agenda.Kind.LOGIN, id, LASTS, () -> end(id, new Gone()));
        return urlPrefix + id;
    }

    /// The oldest goes first.
    private void makeRoom(Predicate<Entry> among, int most) {
        List<Entry> all = entries.values().stream().filter(among).toList();
        if (all.size() >= most) {
            end(all.getFirst().id(), new Gone());
        }
    }

    /// Waits for the verdict.
    ///
    /// @return empty if there is no such login, or it is another machine's
    Optional<Verdict> await(MachineKey machine, RegisterRequest request, String url)
            throws InterruptedException {
        Optional<Entry> entry = renew(machine, request, url);
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(entry.get().verdict().get());
        } catch (ExecutionException e) {
            throw new IllegalStateException("a verdict is always a value", e);
        } finally {
            entry.get().waiting().decrementAndGet();
        }
    }

    private synchronized Optional<Entry> renew(
            MachineKey machine, RegisterRequest request, String url) {
        String id = url.substring(url.lastIndexOf('/') + 1);
        Entry entry = entries.get(id);
        if (entry == null || !entry.machine().equals(machine)) {
            return Optional.empty();
        }
        Entry newest = entry.with(request);
        entries.put(id, newest);
        newest.waiting().incrementAndGet();
        return Optional.of(newest);
    }

    int waiting() {
        return all().stream().mapToInt(entry -> entry.waiting().get()).sum();
    }

    synchronized Optional<Entry> find(String id) {
        return Optional.ofNullable(entries.get(id));
    }

    synchronized List<Entry> all() {
        return new ArrayList<>(entries.values());
    }

    /// The first verdict counts.
    synchronized void end(String id, Verdict verdict) {
        Entry entry = entries.remove(id);
        if (entry != null) {
            agenda.cancel(Agenda.Kind.LOGIN, id);
            entry.verdict().complete(verdict);
        }
    }

    /// A node has come in: its other logins need no answer any more. Those of its machine that nobody waits for were given up, and
    /// whoever approved one would put a key that is nobody's in the place of the node's.
    synchronized void endOthers(Node node) {
        for (Entry entry : all()) {
            boolean needless =
                    entry.request().nodeKey().equals(node.keys().node())
                            || entry.waiting().get() == 0;
            if (needless && entry.machine().equals(node.keys().machine())) {
                end(entry.id(), new Gone());
            }
        }
    }
}
