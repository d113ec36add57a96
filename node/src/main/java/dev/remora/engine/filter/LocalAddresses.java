package dev.remora.engine.filter;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import java.util.Collection;
import java.util.List;

/// The addresses that packets from peers may be for: the node's own, those of subnets it advertises, and of services. An advertised
/// default route must come here without the private ranges it does not stand for.
public final class LocalAddresses {
    /// Nothing is local: every packet from a peer is dropped.
    public static final LocalAddresses NONE = of(List.of());

    private final List<IpRange> ranges;
    private final AddressIndex<LocalAddresses> index;

    private LocalAddresses(List<IpRange> ranges) {
        AddressIndex.Builder<LocalAddresses> builder = new AddressIndex.Builder<>();
        builder.add(this, ranges);
        this.ranges = ranges;
        this.index = builder.build();
    }

    public static LocalAddresses of(Collection<IpPrefix> prefixes) {
        return new LocalAddresses(prefixes.stream().map(IpRange::of).toList());
    }

    public boolean contains(IpAddress ip) {
        return contains(ip.v4(), ip.high(), ip.low());
    }

    boolean contains(boolean v4, long high, long low) {
        return !index.at(v4, high, low).isEmpty();
    }

    /// Whether any address of `other` is local.
    boolean overlaps(IpRange other) {
        return ranges.stream().anyMatch(other::overlaps);
    }
}
