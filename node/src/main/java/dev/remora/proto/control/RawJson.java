package dev.remora.proto.control;

/// A JSON value of whatever form, kept as it was written.
public record RawJson(String text) {}
