package dev.remora.server.admin;

import dev.remora.server.policy.PolicyException;
import dev.remora.server.policy.Problem;
import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.Refused;
import dev.remora.server.tailnet.Tailnet;
import java.util.List;
import java.util.Map;

/// `policy/…`.
final class PolicyVerbs {
    private static final String POLICY = "policy";

    private final Tailnet tailnet;

    PolicyVerbs(Tailnet tailnet) {
        this.tailnet = tailnet;
    }

    void addTo(Map<String, Verb> verbs) {
        verbs.put("policy/get", (parameters, actor) -> get());
        verbs.put("policy/set", this::set);
        verbs.put(
                "policy/check",
                (parameters, actor) -> remarks(tailnet.policy().check(parameters.text(POLICY))));
    }

    private Object get() throws Refused {
        String text = tailnet.policy().text();
        if (text.isEmpty()) {
            throw new Refused("there is no policy: everybody reaches everybody");
        }
        return Map.of(POLICY, text);
    }

    private Object set(Parameters parameters, Actor actor) throws PolicyException, Refused {
        return remarks(tailnet.policy().set(parameters.text(POLICY), actor));
    }

    private static Object remarks(List<Problem> remarks) {
        return Map.of("remarks", remarks.stream().map(Problem::toString).toList());
    }
}
