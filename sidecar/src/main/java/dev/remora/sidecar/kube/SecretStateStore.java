package dev.remora.sidecar.kube;

import dev.remora.io.state.CacheFile;
import dev.remora.io.state.StateException;
import dev.remora.io.state.StateStore;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// State in a Secret, read once and kept in memory. Each write carries the version that the Secret had: if somebody else has changed it in between it is read again,
/// and if what has changed is the node's own state nothing is written any more, since then two nodes share it.
public final class SecretStateStore implements StateStore {
    private static final String UNTIL_THEN = ". Until then a restart forgets what has changed.";

    private static final byte[] NONE = new byte[0];

    /// Others write to the Secret, too, but not that often.
    private static final int TRIES = 4;

    private final SecretApi api;
    private final boolean mayPatch;

    /// What we last knew to be there; of entries that are none of ours, too.
    private Optional<Secret> secret;

    private final Map<String, byte[]> values = new TreeMap<>();

    /// What is not written yet; an empty value removes an entry.
    private final Map<String, byte[]> unwritten = new TreeMap<>();

    private Optional<String> trouble = Optional.empty();

    private SecretStateStore(SecretApi api, boolean mayPatch, Optional<Secret> secret) {
        this.api = api;
        this.mayPatch = mayPatch;
        this.secret = secret;
        secret.ifPresent(there -> values.putAll(there.data()));
    }

    /// Opens the Secret of the pod that this process runs in.
    ///
    /// @throws StateException if it cannot be used, with what is missing
    public static SecretStateStore open(String name) throws StateException {
        try {
            return open(SecretApi.here(name));
        } catch (KubeException e) {
            throw unusable(e);
        }
    }

    /// Takes over `api`, and closes it if this fails.
    static SecretStateStore open(SecretApi api) throws StateException {
        try {
            for (String verb : new String[] {"get", "update"}) {
                if (!api.may(verb)) {
                    throw new KubeException(api.missing(verb), KubeException.FORBIDDEN);
                }
            }
            boolean mayPatch = api.may("patch");
            Optional<Secret> secret = api.read();
            if (secret.isEmpty() && !api.may("create")) {
                throw new KubeException(
                        api
                                + " is not there, and the service account may not create it: create it, or give it the verb create on secrets");
            }
            return new SecretStateStore(api, mayPatch, secret);
        } catch (KubeException e) {
            api.close();
            throw unusable(e);
        }
    }

    private static StateException unusable(KubeException e) {
        return new StateException("cannot use the state's Secret: " + e.getMessage(), e);
    }

    /// Names of entries have letters, digits, dots, dashes and underscores; everything else in a key becomes an underscore.
    private static String name(String key) {
        return key.replaceAll("[^-._a-zA-Z0-9]", "_");
    }

    @Override
    public Optional<byte[]> read(String key) {
        return Optional.ofNullable(values.get(name(key)))
                .filter(value -> value.length > 0)
                .map(byte[]::clone);
    }

    @Override
    public void write(Map<String, byte[]> changes) throws StateException {
        changes.forEach((key, value) -> {
            byte[] before = values.getOrDefault(name(key), NONE);
            if (!Arrays.equals(before, value)) {
                values.put(name(key), value.clone());
                unwritten.put(name(key), value.clone());
            }
        });
        retry();
    }

    @Override
    public void retry() throws StateException {
        if (unwritten.isEmpty()) {
            return;
        }
        try {
            secret = Optional.of(written());
            unwritten.clear();
            trouble = Optional.empty();
        } catch (KubeException e) {
            StateException unsaved =
                    new StateException("cannot write to " + api + ": " + e.getMessage(), e);
            String text = String.valueOf(unsaved.getMessage());
            trouble =
                    Optional.of(
                            Character.toUpperCase(text.charAt(0)) + text.substring(1) + UNTIL_THEN);
            throw unsaved;
        }
    }

    private Secret written() throws KubeException {
        for (int i = 1; ; i++) {
            try {
                return secret.isEmpty() ? api.create(present()) : changed(secret.get());
            } catch (KubeException e) {
                boolean another =
                        e.status() == KubeException.CONFLICT
                                || e.status() == KubeException.NOT_FOUND;
                if (!another || i == TRIES) {
                    throw e;
                }
                look();
            }
        }
    }

    private Secret changed(Secret read) throws KubeException {
        return mayPatch ? api.patch(unwritten, read.version()) : api.replace(read, unwritten);
    }

    /// A Secret that has gone is made again with all there is.
    private Map<String, byte[]> present() {
        Map<String, byte[]> present = new LinkedHashMap<>(values);
        present.entrySet()
                .removeIf(entry -> !isState(entry.getKey()) || entry.getValue().length == 0);
        return present;
    }

    private static boolean isState(String name) {
        return name.startsWith("_") || name.startsWith("profile-");
    }

    /// Reads what somebody else has written.
    private void look() throws KubeException {
        Optional<Secret> now = api.read();
        if (secret.isPresent() && now.isPresent()) {
            for (String name : values.keySet()) {
                byte[] ours = secret.get().entry(name).orElse(NONE);
                if (isState(name) && !Arrays.equals(ours, now.get().entry(name).orElse(ours))) {
                    throw new KubeException(
                            "another node has written its state to it; give each pod a Secret of its own with TS_KUBE_SECRET");
                }
            }
        }
        if (secret.isEmpty()
                && now.filter(there -> there.entry("_machinekey").isPresent()).isPresent()) {
            throw new KubeException(
                    "another node has made it meanwhile; give each pod a Secret of its own with TS_KUBE_SECRET");
        }
        secret = now;
    }

    @Override
    public Optional<String> trouble() {
        return trouble;
    }

    @Override
    public StateException damaged(String why, @Nullable Exception cause) {
        String sentence =
                "the state in "
                        + api
                        + " is damaged ("
                        + why
                        + "); it stays as it is: restore its entries, or delete them to start as a new node";
        return cause == null ? new StateException(sentence) : new StateException(sentence, cause);
    }

    /// What may get lost has no place in a Secret, which has room for a megabyte.
    @Override
    public Optional<CacheFile> cache(String name) {
        return Optional.empty();
    }

    @Override
    public String describe() {
        return api.toString();
    }

    @Override
    public void close() {
        api.close();
    }
}
