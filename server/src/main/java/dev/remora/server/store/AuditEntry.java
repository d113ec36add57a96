package dev.remora.server.store;

import java.time.Instant;

/// Who changed what, and when. Says nothing that is secret.
///
/// @param actor a person or the node that did it
/// @param what a sentence
public record AuditEntry(Instant at, String actor, String what) {}
