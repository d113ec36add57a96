package dev.remora.server.tailnet;

import dev.remora.server.model.Node;
import dev.remora.server.model.User;
import dev.remora.server.policy.AccessRules;
import dev.remora.server.policy.Policy;
import dev.remora.server.policy.PolicyException;
import dev.remora.server.store.Kept;
import dev.remora.server.store.PolicyVersion;
import dev.remora.server.store.Storage;
import dev.remora.server.store.Write;
import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The only way to change what is kept: one change at a time; kept first, then seen, then told.
final class Books {
    private static final Logger LOG = LoggerFactory.getLogger(Books.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Storage storage;
    private final Clock clock;
    private final Roster roster = new Roster();
    private final News news = new News();
    private final Rules rules;
    private final Set<Long> unkept = new HashSet<>();
    private final List<AfterChange> followers = new ArrayList<>();
    private Runnable whenUnkept = () -> {};
    private volatile Policy policy;
    private boolean stuck;
    private long lastUser;
    private long lastAuthKey;
    private long lastNode;

    private Books(Storage storage, Clock clock, Kept kept, Policy policy) {
        this.storage = storage;
        this.clock = clock;
        this.policy = policy;
        this.rules = new Rules(AccessRules.inForce(policy, kept.users(), kept.nodes()));
        lastUser = kept.lastIds().user();
        lastAuthKey = kept.lastIds().authKey();
        lastNode = kept.lastIds().node();
        kept.users().forEach(roster::put);
        kept.authKeys().forEach(roster::put);
        kept.nodes().forEach(roster::put);
    }

    static Books open(Storage storage, Clock clock) throws IOException, PolicyException {
        Kept kept = storage.load();
        Optional<String> text = kept.policy().map(PolicyVersion::text);
        Policy policy = text.isPresent() ? Policy.parse(text.get()) : Policy.allowAll();
        return new Books(storage, clock, kept, policy);
    }

    /// Prepares a change; what it throws makes that nothing has happened.
    @FunctionalInterface
    interface Work<T> {
        T prepare(Edit edit) throws Refused;
    }

    /// Hears, under the lock, what became of a node, and says what else there is to tell. Neither value is there for a
    /// node that did not exist before or does no more.
    @FunctionalInterface
    interface AfterChange {
        List<Change> after(Optional<Node> before, Optional<Node> now);
    }

    void follow(AfterChange follower) {
        followers.add(follower);
    }

    /// @param action under the lock, as soon as something waits for [#flush]
    void whenUnkept(Runnable action) {
        whenUnkept = action;
    }

    <T> T change(Work<T> work) throws Refused {
        T result;
        lock.lock();
        try {
            Edit edit = new Edit(clock.instant().truncatedTo(ChronoUnit.MILLIS));
            result = work.prepare(edit);
            keep(edit.writes());
            publish(edit);
        } finally {
            lock.unlock();
        }
        news.tell();
        return result;
    }

    /// A change that nobody waits for: if it cannot be kept, that is logged.
    ///
    /// @return whether it has happened
    boolean perform(String what, Consumer<Edit> work) {
        try {
            change(edit -> {
                work.accept(edit);
                return edit;
            });
            return true;
        } catch (Refused e) {
            LOG.warn("{} is not stored: {}", what, e.sentence());
            return false;
        }
    }

    private void keep(List<Write> writes) throws Refused {
        if (writes.isEmpty()) {
            return;
        }
        try {
            storage.write(writes);
            if (stuck) {
                LOG.info("changes are stored again");
            }
            stuck = false;
        } catch (IOException e) {
            if (!stuck) {
                LOG.error("nothing can be stored: {}", e.getMessage());
            }
            stuck = true;
            throw new Refused("the server cannot store anything now: " + e.getMessage(), e);
        }
    }

    private void publish(Edit edit) {
        List<Change> told = new ArrayList<>();
        Set<Long> viewers = new HashSet<>();
        edit.newRules().ifPresent(next -> viewers.addAll(adopt(next)));
        for (Edit.Step step : edit.steps()) {
            perform(step, told, viewers);
        }
        told.addAll(edit.news());
        if (!viewers.isEmpty()) {
            told.add(new Change.ViewsChanged(viewers));
        }
        news.add(told);
    }

    private Set<Long> adopt(Edit.NewRules next) {
        policy = next.policy();
        Set<Long> everybody = new HashSet<>();
        roster.nodes().forEach(node -> everybody.add(node.id()));
        return rules.replace(next.rules(), everybody);
    }

    private void perform(Edit.Step step, List<Change> told, Set<Long> viewers) {
        switch (step) {
            case Edit.Step.PutUser(var user) -> {
                roster.put(user);
                told.add(new Change.UserChanged(user.id()));
            }
            case Edit.Step.RemoveUser(long id) -> roster.removeUser(id);
            case Edit.Step.PutAuthKey(var key) -> roster.put(key);
            case Edit.Step.RemoveAuthKey(long id) -> roster.removeAuthKey(id);
            case Edit.Step.PutNode(var node, boolean kept) -> {
                put(node, told, viewers);
                if (kept) {
                    unkept.remove(node.id());
                } else if (unkept.add(node.id())) {
                    whenUnkept.run();
                }
            }
            case Edit.Step.RemoveNode(long id) -> remove(id, told, viewers);
        }
    }

    private void put(Node node, List<Change> told, Set<Long> viewers) {
        Optional<Node> before = roster.node(node.id());
        roster.put(node);
        viewers.addAll(rules.put(node));
        before.ifPresent(was -> told.addAll(Differences.between(was, node)));
        followers.forEach(follower -> told.addAll(follower.after(before, Optional.of(node))));
    }

    private void remove(long id, List<Change> told, Set<Long> viewers) {
        Optional<Node> before = roster.node(id);
        roster.removeNode(id);
        unkept.remove(id);
        viewers.addAll(rules.remove(id));
        viewers.remove(id);
        told.add(new Change.Removed(id));
        followers.forEach(follower -> told.addAll(follower.after(before, Optional.empty())));
    }

    /// Keeps what was put with [Edit#putSoon] since the last time. What could not be kept is tried again with the next.
    void flush() throws IOException {
        lock.lock();
        try {
            List<Write> writes = new ArrayList<>();
            for (long id : unkept) {
                roster.node(id).ifPresent(node -> writes.add(new Write.PutNode(node)));
            }
            if (!writes.isEmpty()) {
                storage.write(writes);
            }
            unkept.clear();
        } finally {
            lock.unlock();
        }
    }

    /// Tells what changes without being kept, in its place among the other changes.
    void announce(Supplier<List<Change>> changes) {
        lock.lock();
        try {
            news.add(changes.get());
        } finally {
            lock.unlock();
        }
        news.tell();
    }

    /// In the work of a change: the policy in force, for users as they will be.
    void newUsers(Edit edit, Collection<User> users) {
        edit.rules(policy, AccessRules.inForce(policy, users, roster.nodes()));
    }

    /// The next number for a user; like the two below, in the work of a change only. A number that is not used is lost.
    long nextUser() {
        return ++lastUser;
    }

    long nextAuthKey() {
        return ++lastAuthKey;
    }

    long nextNode() {
        return ++lastNode;
    }

    Roster roster() {
        return roster;
    }

    Rules rules() {
        return rules;
    }

    Policy policy() {
        return policy;
    }

    Storage storage() {
        return storage;
    }

    Clock clock() {
        return clock;
    }

    void listen(ChangeListener listener) {
        news.listen(listener);
    }
}
