package dev.remora;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// How a node is doing.
///
/// @param connected control is in touch, or was and the tailnet it described still holds
/// @param name this node's full name on the tailnet, without the final dot
/// @param addresses this node's own, IPv4 first
/// @param peers the other members
/// @param loginUrl where a person has to go to admit this node
/// @param problem what is wrong, and what to do about it
public record RemoraStatus(
        boolean connected,
        Optional<String> name,
        List<InetAddress> addresses,
        List<Who> peers,
        Optional<String> loginUrl,
        Optional<String> problem) {}
