package dev.remora.server.tailnet;

import dev.remora.server.model.Node;
import dev.remora.server.model.PreAuthKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// The keys that let nodes in without a person.
public final class AuthKeys {
    private static final int LONGEST_DESCRIPTION = 256;

    private final Books books;
    private final RandomGenerator random;

    /// @param random hard to guess
    AuthKeys(Books books, RandomGenerator random) {
        this.books = books;
        this.random = random;
    }

    /// By number.
    public List<PreAuthKey> all() {
        return books.roster().authKeys().stream()
                .sorted(Comparator.comparingLong(PreAuthKey::id))
                .toList();
    }

    public Optional<PreAuthKey> find(long id) {
        return books.roster().authKey(id);
    }

    /// The secret is in the answer and nowhere else.
    public CreatedAuthKey create(NewAuthKey wanted, Actor actor) throws Refused {
        KeySecret secret = KeySecret.make(random);
        PreAuthKey info =
                books.change(edit -> {
                    refuseUnfit(wanted);
                    PreAuthKey key = make(wanted, secret, edit.now());
                    edit.put(key);
                    edit.note(actor, "created auth key " + key.id() + " for " + who(key));
                    return key;
                });
        return new CreatedAuthKey(info, secret.authKey());
    }

    private void refuseUnfit(NewAuthKey wanted) throws Refused {
        if (wanted.user().isEmpty() && wanted.tags().isEmpty()) {
            throw new Refused("an auth key must be either tagged or owned by a user");
        }
        if (wanted.user().isPresent() && books.roster().user(wanted.user().getAsLong()).isEmpty()) {
            throw new Refused("there is no user " + wanted.user().getAsLong());
        }
        for (String tag : wanted.tags()) {
            Tags.refuseMalformed(tag);
        }
        if (wanted.lifetime().filter(time -> !time.isPositive()).isPresent()) {
            throw new Refused("an auth key's lifetime must be longer than nothing");
        }
        if (wanted.description().length() > LONGEST_DESCRIPTION) {
            throw new Refused("a description has at most " + LONGEST_DESCRIPTION + " characters");
        }
    }

    private PreAuthKey make(NewAuthKey wanted, KeySecret secret, Instant now) {
        Optional<Duration> lifetime = wanted.lifetime();
        return new PreAuthKey(
                books.nextAuthKey(),
                secret.lookup(),
                secret.digest(),
                wanted.user(),
                new TreeSet<>(wanted.tags()),
                wanted.reusable(),
                wanted.ephemeral(),
                wanted.preauthorized(),
                wanted.takeOverName(),
                wanted.description(),
                now,
                lifetime.map(time -> now.plus(time).truncatedTo(ChronoUnit.MILLIS)),
                Optional.empty(),
                Optional.empty());
    }

    private String who(PreAuthKey key) {
        if (!key.tags().isEmpty()) {
            return String.join(", ", key.tags());
        }
        long user = key.user().orElseThrow();
        return "user " + books.roster().user(user).orElseThrow().name();
    }

    /// No new node comes in with it from now on; its nodes stay.
    public PreAuthKey expire(long id, Actor actor) throws Refused {
        return books.change(edit -> {
            PreAuthKey key = required(id);
            if (key.expired(edit.now())) {
                return key;
            }
            PreAuthKey expired = key.withExpiry(edit.now());
            edit.put(expired);
            edit.note(actor, "expired auth key " + id);
            return expired;
        });
    }

    /// As [#expire], and says why: somebody has it who should not.
    public PreAuthKey revoke(long id, Actor actor) throws Refused {
        return books.change(edit -> {
            PreAuthKey key = required(id);
            if (key.revoked().isPresent()) {
                return key;
            }
            PreAuthKey revoked = key.withRevoked(edit.now());
            edit.put(revoked);
            edit.note(actor, "revoked auth key " + id);
            return revoked;
        });
    }

    /// Forgets it; its nodes stay.
    public void delete(long id, Actor actor) throws Refused {
        books.change(edit -> {
            PreAuthKey key = required(id);
            drop(edit, key);
            edit.note(actor, "deleted auth key " + id);
            return key;
        });
    }

    void drop(Edit edit, PreAuthKey key) {
        for (Node node : books.roster().nodes()) {
            if (node.membership().authKey().equals(OptionalLong.of(key.id()))) {
                edit.put(node.withMembership(node.membership().withoutAuthKey()));
            }
        }
        edit.removeAuthKey(key.id());
    }

    private PreAuthKey required(long id) throws Refused {
        return find(id).orElseThrow(() -> new Refused("there is no auth key " + id));
    }
}
