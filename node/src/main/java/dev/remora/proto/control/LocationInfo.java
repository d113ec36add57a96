package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// Where on Earth a node stands.
@Json
public record LocationInfo(
        @Property("Country") @Nullable String country,
        @Property("CountryCode") @Nullable String countryCode,
        @Property("City") @Nullable String city,
        @Property("CityCode") @Nullable String cityCode,
        @Property("Latitude") @Nullable Double latitude,
        @Property("Longitude") @Nullable Double longitude,
        @Property("Priority") @Nullable Long priority) {}
