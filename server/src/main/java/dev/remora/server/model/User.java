package dev.remora.server.model;

import java.time.Instant;

/// A person who owns nodes.
///
/// @param id never used again for somebody else
/// @param name unique, what commands and policies call the user by
/// @param displayName for people, may be empty
/// @param email may be empty
/// @param pictureUrl may be empty
public record User(
        long id,
        String name,
        String displayName,
        String email,
        String pictureUrl,
        Instant created) {
    /// What clients show: an address where there is one.
    public String loginName() {
        return email.isEmpty() ? name : email;
    }

    public User withName(String next) {
        return new User(id, next, displayName, email, pictureUrl, created);
    }
}
