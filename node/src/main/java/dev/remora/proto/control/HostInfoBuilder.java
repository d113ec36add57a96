package dev.remora.proto.control;

import dev.remora.base.IpPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes the [HostInfo] of a node of ours, member by member; what is not set stays absent. Members that
/// only other programs send have no place here.
public final class HostInfoBuilder {
    private @Nullable String ipnVersion;
    private @Nullable String backendLogId;
    private @Nullable String os;
    private @Nullable String osVersion;
    private @Nullable Boolean container;
    private @Nullable String env;
    private @Nullable String distro;
    private @Nullable String distroVersion;
    private @Nullable String distroCodeName;
    private @Nullable String app;
    private @Nullable String packageType;
    private @Nullable String hostname;
    private @Nullable Boolean shieldsUp;
    private @Nullable Boolean noLogsNoSupport;
    private @Nullable Boolean wireIngress;
    private @Nullable Boolean ingressEnabled;
    private @Nullable String machine;
    private @Nullable List<IpPrefix> routableIps;
    private @Nullable List<String> requestTags;
    private @Nullable List<ServiceInfo> services;
    private @Nullable String cloud;
    private @Nullable Boolean userspace;
    private @Nullable Boolean userspaceRouter;
    private @Nullable String servicesHash;
    private @Nullable Boolean stateEncrypted;
    private @Nullable String exitNodeId;

    public HostInfoBuilder ipnVersion(String value) {
        ipnVersion = value;
        return this;
    }

    public HostInfoBuilder backendLogId(String value) {
        backendLogId = value;
        return this;
    }

    public HostInfoBuilder os(String value) {
        os = value;
        return this;
    }

    public HostInfoBuilder osVersion(String value) {
        osVersion = value;
        return this;
    }

    public HostInfoBuilder container(boolean value) {
        container = value;
        return this;
    }

    public HostInfoBuilder env(String value) {
        env = value;
        return this;
    }

    public HostInfoBuilder distro(String value) {
        distro = value;
        return this;
    }

    public HostInfoBuilder distroVersion(String value) {
        distroVersion = value;
        return this;
    }

    public HostInfoBuilder distroCodeName(String value) {
        distroCodeName = value;
        return this;
    }

    public HostInfoBuilder app(String value) {
        app = value;
        return this;
    }

    public HostInfoBuilder packageType(String value) {
        packageType = value;
        return this;
    }

    public HostInfoBuilder hostname(String value) {
        hostname = value;
        return this;
    }

    public HostInfoBuilder shieldsUp(boolean value) {
        shieldsUp = value;
        return this;
    }

    public HostInfoBuilder noLogsNoSupport(boolean value) {
        noLogsNoSupport = value;
        return this;
    }

    public HostInfoBuilder wireIngress(boolean value) {
        wireIngress = value;
        return this;
    }

    public HostInfoBuilder ingressEnabled(boolean value) {
        ingressEnabled = value;
        return this;
    }

    public HostInfoBuilder machine(String value) {
        machine = value;
        return this;
    }

    public HostInfoBuilder routableIps(List<IpPrefix> value) {
        routableIps = List.copyOf(value);
        return this;
    }

    public HostInfoBuilder requestTags(List<String> value) {
        requestTags = List.copyOf(value);
        return this;
    }

    public HostInfoBuilder services(List<ServiceInfo> value) {
        services = List.copyOf(value);
        return this;
    }

    public HostInfoBuilder cloud(String value) {
        cloud = value;
        return this;
    }

    public HostInfoBuilder userspace(boolean value) {
        userspace = value;
        return this;
    }

    public HostInfoBuilder userspaceRouter(boolean value) {
        userspaceRouter = value;
        return this;
    }

    public HostInfoBuilder servicesHash(String value) {
        servicesHash = value;
        return this;
    }

    public HostInfoBuilder stateEncrypted(boolean value) {
        stateEncrypted = value;
        return this;
    }

    public HostInfoBuilder exitNodeId(String value) {
        exitNodeId = value;
        return this;
    }

    public HostInfo build() {
        return new HostInfo(
                ipnVersion,
                null,
                backendLogId,
                os,
                osVersion,
                container,
                env,
                distro,
                distroVersion,
                distroCodeName,
                app,
                null,
                packageType,
                null,
                null,
                hostname,
                shieldsUp,
                null,
                noLogsNoSupport,
                null,
                wireIngress,
                ingressEnabled,
                null,
                machine,
                null,
                null,
                null,
                routableIps,
                requestTags,
                null,
                services,
                null,
                null,
                cloud,
                userspace,
                userspaceRouter,
                null,
                servicesHash,
                null,
                exitNodeId,
                null,
                null,
                stateEncrypted);
    }
}
