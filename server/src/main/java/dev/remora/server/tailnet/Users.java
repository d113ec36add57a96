package dev.remora.server.tailnet;

import dev.remora.server.model.PreAuthKey;
import dev.remora.server.model.User;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The people who own nodes.
public final class Users {
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._@+-]{0,62}";
    private static final int LONGEST_TEXT = 256;

    private final Books books;
    private final AuthKeys authKeys;

    Users(Books books, AuthKeys authKeys) {
        this.books = books;
        this.authKeys = authKeys;
    }

    /// By number.
    public List<User> all() {
        return books.roster().users().stream().sorted(Comparator.comparingLong(User::id)).toList();
    }

    public Optional<User> find(long id) {
        return books.roster().user(id);
    }

    public Optional<User> byName(String name) {
        return books.roster().userNamed(name);
    }

    public User create(NewUser wanted, Actor actor) throws Refused {
        return books.change(edit -> {
            refuseName(wanted.name());
            refuseLong(wanted.displayName(), wanted.email(), wanted.pictureUrl());
            User user =
                    new User(
                            books.nextUser(),
                            wanted.name(),
                            wanted.displayName(),
                            wanted.email(),
                            wanted.pictureUrl(),
                            edit.now());
            put(edit, user);
            edit.note(actor, "created user " + user.name());
            return user;
        });
    }

    public User rename(long id, String name, Actor actor) throws Refused {
        return books.change(edit -> {
            User user = required(id);
            if (user.name().equals(name)) {
                return user;
            }
            refuseName(name);
            User renamed = user.withName(name);
            put(edit, renamed);
            edit.note(actor, "renamed user " + user.name() + " to " + name);
            return renamed;
        });
    }

    /// Takes the user's auth keys along. A user with nodes stays.
    public void delete(long id, Actor actor) throws Refused {
        books.change(edit -> {
            User user = required(id);
            long nodes =
                    books.roster().nodes().stream().filter(node -> node.owner().is(id)).count();
            if (nodes > 0) {
                throw new Refused("user %s still has %d node(s)".formatted(user.name(), nodes));
            }
            for (PreAuthKey key : books.roster().authKeys()) {
                if (key.user().equals(OptionalLong.of(id))) {
                    authKeys.drop(edit, key);
                }
            }
            edit.removeUser(id);
            List<User> others = new ArrayList<>(books.roster().users());
            others.remove(user);
            books.newUsers(edit, others);
            edit.note(actor, "deleted user " + user.name());
            return user;
        });
    }

    private void put(Edit edit, User user) {
        edit.put(user);
        List<User> users = new ArrayList<>(books.roster().users());
        users.removeIf(other -> other.id() == user.id());
        users.add(user);
        books.newUsers(edit, users);
    }

    User required(long id) throws Refused {
        return find(id).orElseThrow(() -> new Refused("there is no user " + id));
    }

    private void refuseName(String name) throws Refused {
        if (!name.matches(NAME)) {
            throw new Refused(
                    "a user's name has 1 to 63 letters, digits, and . _ @ + - behind the first");
        }
        if (byName(name).isPresent()) {
            throw new Refused("there is a user " + name + " already");
        }
    }

    private static void refuseLong(String... texts) throws Refused {
        for (String text : texts) {
            if (text.length() > LONGEST_TEXT) {
                throw new Refused("a user's texts have at most " + LONGEST_TEXT + " characters");
            }
        }
    }
}
