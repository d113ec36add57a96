package dev.remora.server.admin;

import dev.remora.base.MalformedException;
import dev.remora.server.policy.PolicyException;
import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.Refused;
import dev.remora.server.tailnet.Tailnet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Everything that can be asked of a tailnet, by name: `users/create` and so on. For the server that serves it, and for a
/// command that opens the state itself because no server runs.
public final class AdminApi {
    private static final Actor ACTOR = new Actor("command");

    private final Map<String, Verb> verbs = new TreeMap<>();

    public AdminApi(Tailnet tailnet) {
        new UserVerbs(tailnet).addTo(verbs);
        new NodeVerbs(tailnet).addTo(verbs);
        new KeyVerbs(tailnet).addTo(verbs);
        new LoginVerbs(tailnet).addTo(verbs);
        new PolicyVerbs(tailnet).addTo(verbs);
        verbs.put("backup", (parameters, actor) -> backup(tailnet, parameters));
        verbs.put("health", (parameters, actor) -> health(tailnet));
    }

    private static Object backup(Tailnet tailnet, Parameters parameters) throws IOException {
        Path target = Path.of(parameters.text("file"));
        tailnet.backup(target);
        return Map.of("file", target.toString());
    }

    private static Object health(Tailnet tailnet) throws IOException {
        tailnet.check();
        return Map.of("database_connectivity", true);
    }

    /// Does what is asked and says what came of it, in JSON.
    public String call(String verb, Map<String, String> parameters) throws AdminException {
        Verb known = verbs.get(verb);
        if (known == null) {
            throw new AdminException("the server knows no " + verb + "; is it of another version?");
        }
        try {
            return AdminJson.text(known.run(new Parameters(parameters), ACTOR));
        } catch (Refused e) {
            throw new AdminException(e.sentence());
        } catch (PolicyException e) {
            throw new AdminException("the policy is refused:\n" + e.getMessage());
        } catch (IOException e) {
            throw new AdminException(String.valueOf(e.getMessage()));
        }
    }

    String call(String verb, byte[] body) throws AdminException {
        try {
            return call(verb, AdminJson.parameters(body));
        } catch (MalformedException e) {
            throw new AdminException(e.reason());
        }
    }
}
