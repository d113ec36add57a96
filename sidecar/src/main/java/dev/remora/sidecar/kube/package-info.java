/// A node's state in a Kubernetes Secret, in the form that the official container keeps it, so that either can take over from the other:
///
///     data:
///       _machinekey, _profiles, _current-profile, profile-1a2b, _serve_profile…    base64 of the value
///       authkey                                                                    the user's, read and removed
///       device_id, device_fqdn, device_ips, pod_uid, tailscale_capver              for operators and scripts
///
/// [Cluster][dev.remora.sidecar.kube.Cluster] is what a pod finds of its cluster, [SecretApi][dev.remora.sidecar.kube.SecretApi] speaks with the API server about
/// one Secret, [SecretStateStore][dev.remora.sidecar.kube.SecretStateStore] keeps the state in it, and [DeviceFacts][dev.remora.sidecar.kube.DeviceFacts] writes
/// there who the node is.
@NullMarked
package dev.remora.sidecar.kube;

import org.jspecify.annotations.NullMarked;
