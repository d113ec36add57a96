package dev.remora.server.policy;

import dev.remora.server.model.Owner;
import dev.remora.server.model.User;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Who is meant by the names in a policy. A mail address comes before a name.
final class Directory {
    private final Map<String, List<User>> byEmail = new HashMap<>();
    private final Map<String, List<User>> byName = new HashMap<>();

    Directory(Collection<User> users) {
        for (User user : users) {
            byName.computeIfAbsent(user.name(), n -> new ArrayList<>()).add(user);
            if (!user.email().isEmpty()) {
                byEmail.computeIfAbsent(user.email(), e -> new ArrayList<>()).add(user);
            }
        }
    }

    /// All whom a name could mean.
    List<User> find(String name) {
        List<User> found = byEmail.get(name);
        return found != null ? found : byName.getOrDefault(name, List.of());
    }

    /// The ids of these users; a name that means several means nobody.
    Set<Long> ids(Alias.Users users) {
        Set<Long> ids = new HashSet<>();
        for (String name : users.names()) {
            List<User> found = find(name);
            if (found.size() == 1) {
                ids.add(found.getFirst().id());
            }
        }
        return ids;
    }

    /// Whether an alias means nodes of this owner by what they are.
    boolean means(Alias alias, Owner owner) {
        return switch (alias) {
            case Alias.Users users ->
                    owner instanceof Owner.Person(var id) && ids(users).contains(id);
            case Alias.Tag(var tag) -> owner.tags().contains(tag);
            case Alias.Members members -> owner instanceof Owner.Person;
            case Alias.Tagged tagged -> owner instanceof Owner.Tagged;
            case Alias.Everything everything -> true;
            case Alias.Anyone anyone -> true;
            case Alias.Network network -> false;
            case Alias.Self self -> false;
            case Alias.Internet internet -> false;
        };
    }
}
