package dev.remora.server.policy;

/// Where something stands in a text, both counted from 1.
record Place(int line, int column) {}
