package dev.remora.sidecar.localapi;

import java.util.Map;
import java.util.Optional;

/// One request on the local API.
///
/// @param path without query
/// @param query the first value of each parameter
/// @param headers by name in lower case
public record ApiRequest(
        String method,
        String path,
        Map<String, String> query,
        Map<String, String> headers,
        byte[] body,
        Caller caller) {
    public Optional<String> parameter(String name) {
        return Optional.ofNullable(query.get(name));
    }

    public Optional<String> header(String lowerCaseName) {
        return Optional.ofNullable(headers.get(lowerCaseName));
    }
}
