package dev.remora.server.tailnet;

import dev.remora.server.model.Node;
import dev.remora.server.policy.AccessRules;
import dev.remora.server.policy.Policy;
import dev.remora.server.policy.PolicyException;
import dev.remora.server.policy.Problem;
import dev.remora.server.store.PolicyVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Where the policy is read, tried and replaced. A wrong one changes nothing.
public final class PolicyDesk {
    private final Books books;

    PolicyDesk(Books books) {
        this.books = books;
    }

    /// The document in force, empty if there never was one.
    public String text() {
        return books.policy().text();
    }

    /// What is worth saying about the document in force.
    public List<Problem> remarks() {
        return books.rules().remarks();
    }

    /// The newest documents, the one in force first.
    public List<PolicyVersion> history(int atMost) throws IOException {
        return books.storage().policies(atMost);
    }

    /// Whether a document could be set now.
    ///
    /// @return what is worth saying about it
    public List<Problem> check(String text) throws PolicyException {
        return AccessRules.of(
                        Policy.parse(text),
                        books.roster().users(),
                        List.copyOf(books.roster().nodes()))
                .remarks();
    }

    /// Puts a document into force.
    ///
    /// @return what is worth saying about it
    /// @throws Refused it is right, but cannot be kept
    public List<Problem> set(String text, Actor actor) throws PolicyException, Refused {
        Policy policy = Policy.parse(text);
        List<PolicyException> wrong = new ArrayList<>();
        books.change(edit -> {
            try {
                replace(edit, policy, actor);
            } catch (PolicyException e) {
                wrong.add(e); // and the edit is still empty
            }
            return edit;
        });
        if (!wrong.isEmpty()) {
            throw wrong.getFirst();
        }
        return remarks();
    }

    private void replace(Edit edit, Policy policy, Actor actor) throws PolicyException {
        AccessRules rules = AccessRules.of(policy, books.roster().users(), books.roster().nodes());
        edit.rules(policy, rules);
        edit.policy(policy.text(), actor);
        edit.note(actor, "set the policy");
        for (Node node : books.roster().nodes()) {
            Node approved = Approvals.approve(edit, node, rules::autoApproves);
            if (!approved.equals(node)) {
                edit.put(approved);
            }
        }
    }
}
