package dev.remora.sidecar.kube;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.sidecar.config.JsonTree;
import dev.remora.sidecar.config.Version;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the Secret says about the pod's node for operators and scripts, beside its state.
///
///     device_id          the node's stable id            tailscale_capver   the protocol's level
///     device_fqdn        its name, with a final dot      pod_uid            of the pod, if it is known
///     device_ips         JSON array of its addresses     https_endpoint     removed: no HTTPS is served
public final class DeviceFacts {
    private static final byte[] NONE = new byte[0];
    private static final String AUTH_KEY = "authkey";

    private final SecretApi api;
    private Optional<Device> written = Optional.empty();
    private boolean begun;

    public DeviceFacts(SecretApi api) {
        this.api = api;
    }

    /// A member of a tailnet.
    ///
    /// @param id stable
    /// @param name with a final dot
    public record Device(String id, String name, List<String> addresses) {}

    /// The key that the user has put there for this node.
    public String authKey() throws KubeException {
        return api.entry(AUTH_KEY).map(String::strip).orElse("");
    }

    /// The key has done what it is for.
    public void removeAuthKey() throws KubeException {
        if (api.entry(AUTH_KEY).isPresent()) {
            api.patch(Map.of(AUTH_KEY, NONE), "");
        }
    }

    /// Writes what is not there yet.
    ///
    /// @param podUid empty if it is not known
    public void write(Device device, String podUid) throws KubeException {
        if (written.equals(Optional.of(device))) {
            return;
        }
        Map<String, byte[]> changes = new LinkedHashMap<>();
        changes.put("device_id", device.id().getBytes(UTF_8));
        changes.put("device_fqdn", device.name().getBytes(UTF_8));
        changes.put("device_ips", JsonTree.compact(device.addresses()).getBytes(UTF_8));
        if (!begun) {
            changes.put(
                    "tailscale_capver", Integer.toString(Version.LOCAL_API_LEVEL).getBytes(UTF_8));
            changes.put("https_endpoint", NONE);
        }
        if (!begun && !podUid.isEmpty()) {
            changes.put("pod_uid", podUid.getBytes(UTF_8));
        }
        api.patch(changes, "");
        begun = true;
        written = Optional.of(device);
    }
}
