package dev.remora.proto.control;

import dev.remora.base.IpPrefix;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Alias;
import io.avaje.jsonb.Json.Property;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a node tells about the machine it runs on and about its wishes. Of a peer we see a part.
///
/// To make one, use [HostInfoBuilder].
///
/// @param ipnVersion the version of the program, in any form
/// @param os `linux`, `windows`, `macOS` …, in exactly this case
/// @param osVersion for Linux the kernel's release
/// @param app tells embedded clients apart
/// @param hostname the wish for a first label; the server decides
/// @param shieldsUp lets nobody in
/// @param ingressEnabled some port is open to the public Internet through Funnel
/// @param wireIngress Funnel is intended but off
/// @param routableIps subnets offered, `0.0.0.0/0` and `::/0` for an exit node
/// @param requestTags tags asked for
/// @param userspace no TUN device
/// @param servicesHash changes when the services this node offers do
/// @param exitNodeId the stable id of the exit node in use
@Json
public record HostInfo(
        @Property("IPNVersion") @Alias("IpnVersion") @Nullable String ipnVersion,
        @Property("FrontendLogID") @Nullable String frontendLogId,
        @Property("BackendLogID") @Nullable String backendLogId,
        @Property("OS") @Alias("Os") @Nullable String os,
        @Property("OSVersion") @Alias("OsVersion") @Nullable String osVersion,
        @Property("Container") @Nullable Boolean container,
        @Property("Env") @Nullable String env,
        @Property("Distro") @Nullable String distro,
        @Property("DistroVersion") @Nullable String distroVersion,
        @Property("DistroCodeName") @Nullable String distroCodeName,
        @Property("App") @Nullable String app,
        @Property("Desktop") @Nullable Boolean desktop,
        @Property("Package") @Nullable String packageType,
        @Property("DeviceModel") @Nullable String deviceModel,
        @Property("PushDeviceToken") @Nullable String pushDeviceToken,
        @Property("Hostname") @Nullable String hostname,
        @Property("ShieldsUp") @Nullable Boolean shieldsUp,
        @Property("ShareeNode") @Nullable Boolean shareeNode,
        @Property("NoLogsNoSupport") @Nullable Boolean noLogsNoSupport,
        @Property("RemoteConfig") @Nullable Boolean remoteConfig,
        @Property("WireIngress") @Nullable Boolean wireIngress,
        @Property("IngressEnabled") @Nullable Boolean ingressEnabled,
        @Property("AllowsUpdate") @Nullable Boolean allowsUpdate,
        @Property("Machine") @Nullable String machine,
        @Property("GoArch") @Nullable String goArch,
        @Property("GoArchVar") @Nullable String goArchVar,
        @Property("GoVersion") @Nullable String goVersion,
        @Property("RoutableIPs") @Alias("RoutableIps") @Nullable List<IpPrefix> routableIps,
        @Property("RequestTags") @Nullable List<String> requestTags,
        @Property("WoLMACs") @Nullable List<String> wolMacs,
        @Property("Services") @Nullable List<ServiceInfo> services,
        @Property("NetInfo") @Nullable NetInfo netInfo,
        @Property("sshHostKeys") @Nullable List<String> sshHostKeys,
        @Property("Cloud") @Nullable String cloud,
        @Property("Userspace") @Nullable Boolean userspace,
        @Property("UserspaceRouter") @Nullable Boolean userspaceRouter,
        @Property("AppConnector") @Nullable Boolean appConnector,
        @Property("ServicesHash") @Nullable String servicesHash,
        @Property("PeerRelay") @Nullable Boolean peerRelay,
        @Property("ExitNodeID") @Nullable String exitNodeId,
        @Property("Location") @Nullable LocationInfo location,
        @Property("TPM") @Nullable RawJson tpm,
        @Property("StateEncrypted") @Nullable Boolean stateEncrypted) {
    /// The same with what is known about the network now.
    public HostInfo withNetInfo(@Nullable NetInfo now) {
        return with(services, now);
    }

    /// The same with other services.
    public HostInfo withServices(List<ServiceInfo> now) {
        return with(now, netInfo);
    }

    private HostInfo with(@Nullable List<ServiceInfo> servicesNow, @Nullable NetInfo netInfoNow) {
        return new HostInfo(
                ipnVersion,
                frontendLogId,
                backendLogId,
                os,
                osVersion,
                container,
                env,
                distro,
                distroVersion,
                distroCodeName,
                app,
                desktop,
                packageType,
                deviceModel,
                pushDeviceToken,
                hostname,
                shieldsUp,
                shareeNode,
                noLogsNoSupport,
                remoteConfig,
                wireIngress,
                ingressEnabled,
                allowsUpdate,
                machine,
                goArch,
                goArchVar,
                goVersion,
                routableIps,
                requestTags,
                wolMacs,
                servicesNow,
                netInfoNow,
                sshHostKeys,
                cloud,
                userspace,
                userspaceRouter,
                appConnector,
                servicesHash,
                peerRelay,
                exitNodeId,
                location,
                tpm,
                stateEncrypted);
    }
}
