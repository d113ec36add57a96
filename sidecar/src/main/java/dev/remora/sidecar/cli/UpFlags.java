package dev.remora.sidecar.cli;

import java.util.List;
import java.util.Optional;

/// What can be said of flags for `up` before there is a daemon to say them to.
public final class UpFlags {
    private UpFlags() {}

    /// Why `up` would refuse these flags whatever the node's state is; empty if it would take them, or if that depends on the state.
    public static Optional<String> refusal(List<String> words) {
        Flags flags = UpCommand.upFlags();
        try {
            List<String> further = flags.parse(words);
            Command.refuse(further);
            UpCommand.preferences(flags, Optional.empty());
            return Optional.empty();
        } catch (UsageException e) {
            String first = e.message().lines().findFirst().orElse("help is nothing to start with");
            return Optional.of(withoutSecrets(first, words));
        } catch (CommandException e) {
            return Optional.of(withoutSecrets(e.message(), words));
        }
    }

    /// A text with nothing in it of what the flags for keys and tokens among `words` are set to: it ends up in logs.
    public static String withoutSecrets(String text, List<String> words) {
        String safe = text;
        for (int i = 0; i < words.size(); i++) {
            String flag = words.get(i).replaceFirst("^--?", "").replaceFirst("=.*", "");
            if (LoginKey.isSecret(flag.equals("authkey") ? "auth-key" : flag)) {
                boolean isNext = !words.get(i).contains("=") && i + 1 < words.size();
                String value =
                        isNext ? words.get(i + 1) : words.get(i).replaceFirst("^[^=]*=?", "");
                safe = value.isEmpty() ? safe : safe.replace(value, "…");
            }
        }
        return safe;
    }
}
