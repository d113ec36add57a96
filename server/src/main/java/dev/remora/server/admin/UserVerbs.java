package dev.remora.server.admin;

import dev.remora.server.model.User;
import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.NewUser;
import dev.remora.server.tailnet.Refused;
import dev.remora.server.tailnet.Tailnet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `users/…`.
final class UserVerbs {
    private final Tailnet tailnet;

    UserVerbs(Tailnet tailnet) {
        this.tailnet = tailnet;
    }

    void addTo(Map<String, Verb> verbs) {
        verbs.put("users/create", this::create);
        verbs.put("users/list", (parameters, actor) -> list(parameters));
        verbs.put("users/rename", this::rename);
        verbs.put("users/destroy", this::destroy);
    }

    private Object create(Parameters parameters, Actor actor) throws Refused {
        NewUser wanted =
                new NewUser(
                        parameters.text("name"),
                        parameters.text("display_name"),
                        parameters.text("email"),
                        parameters.text("picture_url"));
        return json(tailnet.users().create(wanted, actor));
    }

    private Object list(Parameters parameters) {
        return tailnet.users().all().stream()
                .filter(user -> fits(parameters.text("id"), Long.toString(user.id())))
                .filter(user -> fits(parameters.text("name"), user.name()))
                .filter(user -> fits(parameters.text("email"), user.email()))
                .map(UserVerbs::json)
                .toList();
    }

    private static boolean fits(String wanted, String is) {
        return wanted.isEmpty() || wanted.equals(is);
    }

    private Object rename(Parameters parameters, Actor actor) throws Refused {
        User user = chosen(parameters);
        return json(tailnet.users().rename(user.id(), parameters.text("new_name"), actor));
    }

    private Object destroy(Parameters parameters, Actor actor) throws Refused {
        User user = chosen(parameters);
        tailnet.users().delete(user.id(), actor);
        return json(user);
    }

    private User chosen(Parameters parameters) throws Refused {
        Optional<String> id = parameters.given("id");
        return id.isPresent()
                ? findById(tailnet, id.get())
                : find(tailnet, parameters.text("name"));
    }

    /// @param nameOrId a name goes before a number
    static User find(Tailnet tailnet, String nameOrId) throws Refused {
        Optional<User> named = tailnet.users().byName(nameOrId);
        if (named.isPresent()) {
            return named.get();
        }
        List<User> all = tailnet.users().all();
        return all.stream()
                .filter(user -> Long.toString(user.id()).equals(nameOrId))
                .findFirst()
                .orElseThrow(() -> new Refused("there is no user '" + nameOrId + "'"));
    }

    /// @param idOrName a number goes before a name
    static User findById(Tailnet tailnet, String idOrName) throws Refused {
        return tailnet.users().all().stream()
                .filter(user -> Long.toString(user.id()).equals(idOrName))
                .findFirst()
                .or(() -> tailnet.users().byName(idOrName))
                .orElseThrow(() -> new Refused("there is no user '" + idOrName + "'"));
    }

    /// Of all its members, as headscale names them; people who come by a provider are not offered.
    static Map<String, Object> json(User user) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", user.id());
        json.put("name", user.name());
        json.put("created_at", AdminJson.time(user.created()));
        json.put("display_name", user.displayName());
        json.put("email", user.email());
        json.put("provider_id", "");
        json.put("provider", "");
        json.put("profile_pic_url", user.pictureUrl());
        return json;
    }
}
