package dev.remora.server.admin;

import dev.remora.server.model.PreAuthKey;
import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.CreatedAuthKey;
import dev.remora.server.tailnet.NewAuthKey;
import dev.remora.server.tailnet.Refused;
import dev.remora.server.tailnet.Tailnet;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// `preauthkeys/…`.
final class KeyVerbs {
    private final Tailnet tailnet;

    KeyVerbs(Tailnet tailnet) {
        this.tailnet = tailnet;
    }

    void addTo(Map<String, Verb> verbs) {
        verbs.put("preauthkeys/create", this::create);
        verbs.put("preauthkeys/list", (parameters, actor) -> list());
        verbs.put(
                "preauthkeys/expire",
                (parameters, actor) ->
                        json(tailnet, tailnet.authKeys().expire(parameters.number("id"), actor)));
        verbs.put("preauthkeys/delete", this::delete);
    }

    private Object create(Parameters parameters, Actor actor) throws Refused {
        String user = parameters.text("user");
        NewAuthKey wanted =
                new NewAuthKey(
                        user.isEmpty()
                                ? OptionalLong.empty()
                                : OptionalLong.of(UserVerbs.findById(tailnet, user).id()),
                        Set.copyOf(parameters.list("tags")),
                        parameters.bool("reusable"),
                        parameters.bool("ephemeral"),
                        Optional.of(Duration.ofSeconds(parameters.number("seconds"))),
                        parameters.bool("pre_approved"),
                        parameters.bool("take_over_name"),
                        "");
        CreatedAuthKey created = tailnet.authKeys().create(wanted, actor);
        Map<String, Object> json = json(tailnet, created.info());
        json.put("key", created.secret().secret());
        return json;
    }

    private Object list() {
        return tailnet.authKeys().all().stream().map(key -> json(tailnet, key)).toList();
    }

    private Object delete(Parameters parameters, Actor actor) throws Refused {
        long id = parameters.number("id");
        tailnet.authKeys().delete(id, actor);
        return Map.of("id", id);
    }

    /// The secret is not known; what a key begins with is no secret. A key without a user has none in headscale's form either.
    static Map<String, Object> json(Tailnet tailnet, PreAuthKey key) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(
                "user",
                key.user().stream()
                        .mapToObj(tailnet::user)
                        .flatMap(Optional::stream)
                        .map(UserVerbs::json)
                        .findFirst()
                        .orElse(null));
        json.put("id", key.id());
        json.put("key", "remora-auth-" + key.lookup() + "-***");
        json.put("reusable", key.reusable());
        json.put("ephemeral", key.ephemeral());
        json.put("used", key.used().isPresent());
        json.put("expiration", AdminJson.time(key.expiry()));
        json.put("created_at", AdminJson.time(key.created()));
        json.put("acl_tags", List.copyOf(key.tags()));
        json.put("take_over_name", key.takeOverName());
        json.put("needs_approval", !key.preauthorized());
        return json;
    }
}
