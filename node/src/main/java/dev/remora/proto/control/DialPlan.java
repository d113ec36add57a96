package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where else the server can be reached. No candidates: by DNS.
@Json
public record DialPlan(@Property("Candidates") @Nullable List<DialCandidate> candidates) {}
