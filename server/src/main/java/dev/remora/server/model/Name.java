package dev.remora.server.model;

/// What a node is called.
///
/// @param hostname as the node says it, unchecked
/// @param label its DNS label, unique in the tailnet and always valid
/// @param fixed an administrator chose the label: another host name changes nothing
public record Name(String hostname, String label, boolean fixed) {}
