package dev.remora.sidecar.boot;

import dev.remora.sidecar.oauth.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Collectors;

/// A key as it is at this moment, in a form that tells whether it is another one, and nothing else about it.
final class KeyText {
    private KeyText() {}

    private static final String UNREADABLE = "unreadable";

    /// The key is in a file that is not there, or not for us.
    static boolean isUnreadable(BootSettings.Login login) {
        return digest(login).equals(UNREADABLE);
    }

    static String digest(BootSettings.Login login) {
        String files = login.keyFiles().map(KeyText::ofFile).collect(Collectors.joining(" "));
        return files.isEmpty() ? sha256(login.authKey()) : files;
    }

    private static String ofFile(String path) {
        try {
            return sha256(SecretFile.read(path));
        } catch (IOException e) {
            return UNREADABLE;
        }
    }

    static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
