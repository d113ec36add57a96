package dev.remora.server;

/// One word that a program of this module can be told, as `--name=value`.
///
/// @param help what it means, in one line
public record Option(String name, String help) {}
