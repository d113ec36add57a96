package dev.remora.sidecar.life;

import dev.remora.base.MalformedException;
import dev.remora.io.control.ControlState;
import dev.remora.io.control.Reason;
import dev.remora.sidecar.config.DeclaredPrefs;
import dev.remora.sidecar.config.Prefs;
import dev.remora.sidecar.oauth.SecretFile;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A daemon that takes its settings from a file, instead of commands or beside them: at the start, and whenever the file is another one. A file that makes no sense changes nothing.
final class Declared {
    private static final Logger LOG = LoggerFactory.getLogger(Declared.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    /// Of a daemon without such a file.
    static final Declared NOTHING = new Declared(Optional.empty(), Optional.empty());

    private final Optional<DeclaredFile> file;
    private volatile Optional<DeclaredPrefs> now;

    private Declared(Optional<DeclaredFile> file, Optional<DeclaredPrefs> now) {
        this.file = file;
        this.now = now;
    }

    /// Reads the file, if there is to be one.
    ///
    /// @throws IOException if it is of no use, in a sentence
    static Declared read(Optional<DeclaredFile> file) throws IOException {
        if (file.isEmpty()) {
            return NOTHING;
        }
        Declared declared = new Declared(file, file.get().read());
        declared.tellNotes();
        return declared;
    }

    private void tellNotes() {
        now.ifPresent(prefs -> prefs.notes().forEach(LOG::warn));
    }

    /// @throws PrefsException if commands may change nothing
    void refuseIfLocked() throws PrefsException {
        if (now.filter(DeclaredPrefs::locked).isPresent()) {
            throw new PrefsException(
                    "settings are those of the config file "
                            + file.map(each -> each.path().toString()).orElse("")
                            + ", which is locked: change them there, or write \"Locked\": false into it");
        }
    }

    /// These preferences with what the file says of them.
    Prefs over(Prefs prefs) throws MalformedException {
        return now.isPresent() ? prefs.patched(now.get().masked()) : prefs;
    }

    /// Becomes what it was at the end of last time, and comes in with the file's key if it has to.
    void begin(Backend backend) throws IOException, MalformedException {
        try {
            backend.resume(key());
        } catch (UnreadableKeyException e) {
            backend.resume("");
            hinder(backend, e.getMessage());
            return;
        }
        hinderWithoutKey(backend);
    }

    private void hinderWithoutKey(Backend backend) {
        boolean canComeIn = backend.profiles().current().hasKey() || !backend.prefs().wantRunning();
        if (now.isPresent() && now.get().authKey().isEmpty() && !canComeIn) {
            hinder(
                    backend,
                    "The config file %s has no AuthKey, and nobody has logged this node in."
                            .formatted(file.orElseThrow().path()));
        }
    }

    private static void hinder(Backend backend, String sentence) {
        Reason reason = Reason.CREDENTIALS_INCOMPLETE;
        LOG.error("{} [{}]", sentence, reason.code());
        backend.post(() ->
                backend.onHindrance(new ControlState.Failed(reason, sentence, Optional.empty())));
    }

    /// The key cannot be had from the file that the config file names. The message is a sentence.
    private static final class UnreadableKeyException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableKeyException(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    /// Empty for none.
    private String key() throws UnreadableKeyException {
        String given = now.map(DeclaredPrefs::authKey).orElse("");
        if (!SecretFile.isNamedBy(given)) {
            return given.strip();
        }
        String path = SecretFile.path(given);
        try {
            return SecretFile.read(path);
        } catch (IOException e) {
            throw new UnreadableKeyException(
                    "The auth key's file %s cannot be read: %s.".formatted(path, e.getMessage()));
        }
    }

    /// Reads the file again, and takes over what it says.
    ///
    /// @return false if there is no such file
    /// @throws IOException if it is of no use: then what it said before stays
    synchronized boolean reload(Backend backend) throws IOException, MalformedException {
        if (file.isEmpty()) {
            return false;
        }
        Optional<DeclaredPrefs> next = file.get().read();
        if (next.isEmpty()) {
            return false;
        }
        now = next;
        tellNotes();
        Prefs prefs = over(backend.prefs());
        boolean otherServer = !prefs.controlUrl().equals(backend.prefs().controlUrl());
        if (!otherServer && backend.situation().isRunning()) {
            backend.editPrefs(next.get().masked());
        } else {
            comeIn(backend, prefs, next.get(), otherServer);
        }
        return true;
    }

    private void comeIn(Backend backend, Prefs prefs, DeclaredPrefs declared, boolean otherServer)
            throws IOException, MalformedException {
        try {
            String key = key();
            if (otherServer || !key.isEmpty()) {
                backend.start(Optional.of(prefs), key);
            } else {
                backend.editPrefs(declared.masked());
            }
            hinderWithoutKey(backend);
        } catch (UnreadableKeyException e) {
            backend.editPrefs(declared.masked());
            hinder(backend, e.getMessage());
        }
    }

    /// Follows the file for as long as the daemon lives. It counts when two looks have found the same, since one that is half written may make sense, too.
    AutoCloseable follow(Backend backend) {
        if (file.isEmpty()) {
            return () -> {};
        }
        DeclaredFile followed = file.get();
        Thread thread =
                Thread.ofVirtual().name("config-file").start(() -> follow(followed, backend));
        return thread::interrupt;
    }

    private void follow(DeclaredFile followed, Backend backend) {
        String judged = followed.look();
        String before = judged;
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                String seen = followed.look();
                if (seen.equals(before) && !seen.equals(judged)) {
                    judged = seen;
                    takeOver(followed, backend);
                }
                before = seen;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the daemon ends
        }
    }

    private void takeOver(DeclaredFile followed, Backend backend) {
        try {
            if (reload(backend)) {
                LOG.info("{}: taken over", followed.path());
            }
        } catch (IOException | MalformedException e) {
            LOG.error(
                    "The config file is not taken, what it said before stays: {}", e.getMessage());
        }
    }
}
