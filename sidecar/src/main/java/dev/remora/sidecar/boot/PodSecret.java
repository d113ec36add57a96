package dev.remora.sidecar.boot;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.kube.DeviceFacts;
import dev.remora.sidecar.kube.KubeException;
import dev.remora.sidecar.kube.SecretApi;
import dev.remora.sidecar.life.Daemon;
import dev.remora.sidecar.life.Situation;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is in the pod's Secret beside the daemon's state: the user's auth key, which is read, and removed when it has let the node in for good, and who the node is, for others to read. None of it
/// keeps a node from running.
final class PodSecret {
    private static final Logger LOG = LoggerFactory.getLogger(PodSecret.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(10);

    /// Whether there is another key is asked only with every so many looks.
    private static final int LOOKS_FOR_KEY = 10;

    private final DeviceFacts facts;
    private final boolean removesKey;
    private final String podUid;

    /// What the key was when it was read last.
    private volatile String key = "";

    private String complaint = "";
    private boolean removed;
    private int looks;

    /// @param once the key is of no use any more when the node is in
    /// @param podUid empty if it is not known
    PodSecret(SecretApi api, boolean once, String podUid) {
        this.facts = new DeviceFacts(api);
        this.removesKey = once;
        this.podUid = podUid;
    }

    /// That of this pod; empty if the state is kept elsewhere, or if there is no cluster: then the daemon says so.
    static Optional<PodSecret> of(BootSettings settings, String podUid) {
        Optional<String> name = settings.daemon().secret();
        if (name.isEmpty()) {
            return Optional.empty();
        }
        try {
            SecretApi api = SecretApi.here(name.get());
            return Optional.of(new PodSecret(api, settings.login().once(), podUid));
        } catch (KubeException e) {
            LOG.debug("no Secret: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /// The user's key as it is now, or as it was when it could be read last; empty for none.
    String authKey() {
        try {
            key = facts.authKey();
        } catch (KubeException e) {
            complain(e);
        }
        return key;
    }

    /// The key that was read last.
    String lastKey() {
        return key;
    }

    /// Reads the key, and then follows the daemon for as long as this process lives.
    void follow(Daemon daemon) {
        authKey();
        Thread.ofVirtual()
                .name("pod-secret")
                .start(() -> {
                    try {
                        while (true) {
                            Thread.sleep(look(daemon) ? LOOK_EVERY : AFTER_TROUBLE);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    /// Whether all is well with the cluster.
    private boolean look(Daemon daemon) {
        try {
            Situation situation = daemon.situation();
            if (!situation.code().equals(Situation.RUNNING)) {
                if (++looks % LOOKS_FOR_KEY == 0) {
                    key = facts.authKey();
                }
                return true;
            }
            Optional<DeviceFacts.Device> device = daemon.device();
            if (device.isPresent()) {
                onMember(device.get());
            }
            return true;
        } catch (KubeException e) {
            complain(e);
        } catch (IOException | MalformedException e) {
            LOG.debug("the daemon does not answer: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("The pod's Secret is looked at again later; this should not have been", e);
        }
        return false;
    }

    /// A member is what it is to stay; what others read of it follows.
    void onMember(DeviceFacts.Device device) throws KubeException {
        facts.write(device, podUid);
        if (removesKey && !removed) {
            facts.removeAuthKey();
            removed = true;
        }
    }

    private synchronized void complain(KubeException e) {
        String why = String.valueOf(e.getMessage());
        if (!why.equals(complaint)) {
            complaint = why;
            LOG.warn("What the pod's Secret says beside the state is not up to date: {}.", why);
        }
    }
}
