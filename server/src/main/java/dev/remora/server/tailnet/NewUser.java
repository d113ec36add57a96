package dev.remora.server.tailnet;

/// A user to be made.
///
/// @param name what commands and policies call the user by
/// @param displayName may be empty, as the two below
public record NewUser(String name, String displayName, String email, String pictureUrl) {
    public static NewUser named(String name) {
        return new NewUser(name, "", "", "");
    }
}
