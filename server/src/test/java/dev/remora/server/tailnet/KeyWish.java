package dev.remora.server.tailnet;

import dev.remora.server.model.User;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// A [NewAuthKey] said in few words.
public final class KeyWish {
    private OptionalLong user = OptionalLong.empty();
    private Set<String> tags = Set.of();
    private boolean reusable;
    private boolean ephemeral;
    private boolean preauthorized = true;
    private boolean takeOverName;
    private Optional<Duration> lifetime = Optional.empty();

    public static KeyWish of(User user) {
        KeyWish wish = new KeyWish();
        wish.user = OptionalLong.of(user.id());
        return wish;
    }

    public static KeyWish of(String... tags) {
        KeyWish wish = new KeyWish();
        wish.tags = Set.of(tags);
        return wish;
    }

    public KeyWish reusable() {
        reusable = true;
        return this;
    }

    public KeyWish ephemeral() {
        ephemeral = true;
        return this;
    }

    public KeyWish waitsForApproval() {
        preauthorized = false;
        return this;
    }

    public KeyWish takesNameOver() {
        takeOverName = true;
        return this;
    }

    public KeyWish lasts(Duration span) {
        lifetime = Optional.of(span);
        return this;
    }

    public NewAuthKey build() {
        return new NewAuthKey(
                user, tags, reusable, ephemeral, lifetime, preauthorized, takeOverName, "");
    }
}
