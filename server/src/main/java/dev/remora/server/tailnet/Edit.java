package dev.remora.server.tailnet;

import dev.remora.server.model.Node;
import dev.remora.server.model.PreAuthKey;
import dev.remora.server.model.User;
import dev.remora.server.policy.AccessRules;
import dev.remora.server.policy.Policy;
import dev.remora.server.store.AuditEntry;
import dev.remora.server.store.PolicyVersion;
import dev.remora.server.store.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A change that is being prepared under the books' lock. Nobody sees any of it before [Books] has kept it; the one who
/// prepares it reads the state as it was before.
final class Edit {
    /// What becomes of the roster, in order.
    sealed interface Step {
        record PutUser(User user) implements Step {}

        record RemoveUser(long id) implements Step {}

        record PutAuthKey(PreAuthKey key) implements Step {}

        record RemoveAuthKey(long id) implements Step {}

        /// @param kept it is in the writes; else it goes to the storage with the next batch
        record PutNode(Node node, boolean kept) implements Step {}

        record RemoveNode(long id) implements Step {}
    }

    /// A policy, or users, as they will be.
    record NewRules(Policy policy, AccessRules rules) {}

    private final Instant now;
    private final List<Write> writes = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Change> news = new ArrayList<>();
    private Optional<NewRules> newRules = Optional.empty();

    Edit(Instant now) {
        this.now = now;
    }

    /// The moment of the change, in milliseconds, as it can be kept.
    Instant now() {
        return now;
    }

    void put(User user) {
        writes.add(new Write.PutUser(user));
        steps.add(new Step.PutUser(user));
    }

    void removeUser(long id) {
        writes.add(new Write.DropUser(id));
        steps.add(new Step.RemoveUser(id));
    }

    void put(PreAuthKey key) {
        writes.add(new Write.PutAuthKey(key));
        steps.add(new Step.PutAuthKey(key));
    }

    void removeAuthKey(long id) {
        writes.add(new Write.DropAuthKey(id));
        steps.add(new Step.RemoveAuthKey(id));
    }

    void put(Node node) {
        writes.add(new Write.PutNode(node));
        steps.add(new Step.PutNode(node, true));
    }

    /// For what changes often and may be a few seconds old after a crash.
    void putSoon(Node node) {
        steps.add(new Step.PutNode(node, false));
    }

    void removeNode(long id) {
        writes.add(new Write.DropNode(id));
        steps.add(new Step.RemoveNode(id));
    }

    /// Takes effect before the steps.
    void rules(Policy policy, AccessRules rules) {
        newRules = Optional.of(new NewRules(policy, rules));
    }

    void policy(String text, Actor author) {
        writes.add(new Write.PutPolicy(new PolicyVersion(0, text, author.name(), now)));
    }

    void note(Actor actor, String what) {
        writes.add(new Write.Note(new AuditEntry(now, actor.name(), what)));
    }

    /// What does not follow from the values themselves.
    void tell(Change change) {
        news.add(change);
    }

    List<Write> writes() {
        return writes;
    }

    List<Step> steps() {
        return steps;
    }

    List<Change> news() {
        return news;
    }

    Optional<NewRules> newRules() {
        return newRules;
    }
}
