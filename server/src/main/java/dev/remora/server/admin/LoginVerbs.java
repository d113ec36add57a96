package dev.remora.server.admin;

import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.Refused;
import dev.remora.server.tailnet.Tailnet;
import java.util.Map;

/// `auth/…`: nodes that wait for a person.
final class LoginVerbs {
    private static final String ID = "auth_id";

    private final Tailnet tailnet;
    private final NodeVerbs nodes;

    LoginVerbs(Tailnet tailnet) {
        this.tailnet = tailnet;
        this.nodes = new NodeVerbs(tailnet);
    }

    void addTo(Map<String, Verb> verbs) {
        verbs.put("auth/register", this::register);
        verbs.put("auth/reject", this::reject);
    }

    private Object register(Parameters parameters, Actor actor) throws Refused {
        long user = UserVerbs.find(tailnet, parameters.text("user")).id();
        return nodes.json(tailnet.logins().approve(parameters.text(ID), user, actor));
    }

    private Object reject(Parameters parameters, Actor actor) throws Refused {
        tailnet.logins().reject(parameters.text(ID), actor);
        return Map.of(ID, parameters.text(ID));
    }
}
