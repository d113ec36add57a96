package dev.remora.server.http;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Optional;

/// Who may tell us for whom it asks. What others say about that is not read.
public final class TrustedProxies {
    public static final TrustedProxies NONE = new TrustedProxies(List.of());

    private static final String FORWARDED = "X-Forwarded-For";
    private static final List<String> SINGLE = List.of("X-Real-IP", "True-Client-IP");

    private final List<IpPrefix> trusted;

    /// @throws IllegalArgumentException for a prefix that is the whole Internet: it would let everybody lie
    public TrustedProxies(List<IpPrefix> trusted) {
        this.trusted = List.copyOf(trusted);
        if (this.trusted.stream().anyMatch(prefix -> prefix.bits() == 0)) {
            throw new IllegalArgumentException("everybody would be a trusted proxy");
        }
    }

    /// The client behind a connection. A list is read from its end, where the nearest proxy wrote, up to the first hop
    /// that is no proxy of ours.
    IpPort clientOf(IpPort peer, HttpHeaders headers) {
        if (!trusts(peer.ip())) {
            return peer;
        }
        return forwarded(headers)
                .or(() -> single(headers))
                .map(ip -> new IpPort(ip, 0))
                .orElse(peer);
    }

    boolean trusts(IpAddress ip) {
        return trusted.stream().anyMatch(prefix -> prefix.contains(ip));
    }

    private Optional<IpAddress> forwarded(HttpHeaders headers) {
        String[] hops = String.join(",", headers.getAll(FORWARDED)).split(",", -1);
        Optional<IpAddress> nearest = Optional.empty();
        for (int i = hops.length - 1; i >= 0; i--) {
            Optional<IpAddress> hop = address(hops[i]);
            if (hop.isEmpty()) {
                return nearest;
            }
            nearest = hop;
            if (!trusts(hop.get())) {
                return nearest;
            }
        }
        return nearest;
    }

    private Optional<IpAddress> single(HttpHeaders headers) {
        return SINGLE.stream().flatMap(name -> address(headers.get(name, "")).stream()).findFirst();
    }

    private static Optional<IpAddress> address(String text) {
        try {
            return Optional.of(IpAddress.parse(text.strip()).unmapped());
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }
}
