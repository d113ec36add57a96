package dev.remora;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// A member of the tailnet, as the control server vouches for it.
///
/// @param name its full name, without the final dot
/// @param addresses its own, IPv4 first
/// @param login who it belongs to; empty for a tagged node, which belongs to nobody
/// @param tags what it is, instead of whose it is
public record Who(
        String name, List<InetAddress> addresses, Optional<String> login, List<String> tags) {}
