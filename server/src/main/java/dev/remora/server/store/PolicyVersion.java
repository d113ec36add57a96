package dev.remora.server.store;

import java.time.Instant;

/// A policy that was in force once, or is.
///
/// @param version counts up; 0 before it is kept
public record PolicyVersion(long version, String text, String author, Instant created) {}
