package dev.remora.server.admin;

import dev.remora.base.MalformedException;
import dev.remora.server.netmap.MapService;
import dev.remora.server.policy.PolicyException;
import dev.remora.server.store.AuditEntry;
import dev.remora.server.store.FileTrouble;
import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.Refused;
import dev.remora.server.tailnet.Tailnet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// Everything that can be asked of a tailnet, by name: `users/create` and so on. For the server that serves it, and for a
/// command that opens the state itself because no server runs.
public final class AdminApi {
    private static final int LONGEST_USER = 100;
    private static final int MOST_ENTRIES = 100_000;

    private final Map<String, Verb> verbs = new TreeMap<>();

    /// Without what needs nodes that are connected.
    public AdminApi(Tailnet tailnet) {
        new UserVerbs(tailnet).addTo(verbs);
        new NodeVerbs(tailnet).addTo(verbs);
        new KeyVerbs(tailnet).addTo(verbs);
        new LoginVerbs(tailnet).addTo(verbs);
        new PolicyVerbs(tailnet).addTo(verbs);
        verbs.put("backup", (parameters, actor) -> backup(tailnet, parameters));
        verbs.put("health", (parameters, actor) -> health(tailnet));
        verbs.put("audit", (parameters, actor) -> audit(tailnet, parameters));
    }

    /// Of a server that runs.
    public AdminApi(Tailnet tailnet, MapService maps) {
        this(tailnet);
        new QuestionVerbs(tailnet, maps).addTo(verbs);
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

    /// The newest entries, the oldest of them first.
    private static Object audit(Tailnet tailnet, Parameters parameters)
            throws IOException, Refused {
        long most = parameters.number("limit");
        if (most < 1 || most > MOST_ENTRIES) {
            throw new Refused("a limit is between 1 and " + MOST_ENTRIES);
        }
        return tailnet.audit((int) most).reversed().stream().map(AdminApi::json).toList();
    }

    private static Map<String, Object> json(AuditEntry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("at", AdminJson.time(entry.at()));
        json.put("actor", entry.actor());
        json.put("what", entry.what());
        return json;
    }

    /// Does what is asked and says what came of it, in JSON.
    ///
    /// @param user in whose name, as the audit log tells it; whoever may ask may do everything, so nobody gains by a lie
    public String call(String verb, Map<String, String> parameters, String user)
            throws AdminException {
        Verb known = verbs.get(verb);
        if (known == null) {
            throw new AdminException("the server knows no " + verb + "; is it of another version?");
        }
        try {
            return AdminJson.text(known.run(new Parameters(parameters), actor(user)));
        } catch (Refused e) {
            throw new AdminException(e.sentence());
        } catch (PolicyException e) {
            throw new AdminException("the policy is refused:\n" + e.getMessage());
        } catch (IOException e) {
            throw new AdminException(FileTrouble.sentence(e));
        }
    }

    private static Actor actor(String user) {
        String name = user.length() > LONGEST_USER ? user.substring(0, LONGEST_USER) : user;
        return new Actor(name.isBlank() ? "command" : "command by " + name.strip());
    }

    String call(String verb, byte[] body, String user) throws AdminException {
        try {
            return call(verb, AdminJson.parameters(body), user);
        } catch (MalformedException e) {
            throw new AdminException(e.reason());
        }
    }
}
