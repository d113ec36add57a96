package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.io.state.StateStore;
import dev.remora.sidecar.localapi.ApiResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeclaredTest {
    @TempDir Path temp;
    private Path file;

    @BeforeEach
    void name() {
        file = temp.resolve("cap-95.hujson");
    }

    private void write(String members) throws IOException {
        Files.writeString(
                file,
                "{\"Version\":\"alpha0\",\"ServerURL\":\"https://10.77.0.2:443\"," + members + "}");
    }

    private TestDaemon daemon() throws Exception {
        return new TestDaemon(
                StateStore.inMemory(), Declared.read(Optional.of(new DeclaredFile(file, false))));
    }

    private static String key(TestDaemon daemon) {
        return daemon.node.logins.getLast().options().authKey().orElseThrow().secret();
    }

    @Test
    void comesInWithTheFilesKeyAndSettings() throws Exception {
        write("\"AuthKey\":\"tskey-1\",\"Hostname\":\"declared\"");
        try (TestDaemon daemon = daemon()) {
            assertThat(key(daemon)).isEqualTo("tskey-1");
            assertThat(daemon.node.logins.getLast().url()).hasToString("https://10.77.0.2:443");
            assertThat(daemon.node.hostInfo.hostname()).isEqualTo("declared");
        }
    }

    @Test
    void commandsChangeNothingWhileTheFileIsLocked() throws Exception {
        write("\"AuthKey\":\"tskey-1\"");
        try (TestDaemon daemon = daemon()) {
            ApiResponse.Full edit = daemon.patch("{\"Hostname\":\"other\",\"HostnameSet\":true}");
            assertThat(edit.status()).isEqualTo(400);
            assertThat(TestDaemon.text(edit)).contains("is locked", file.toString());
            assertThat(daemon.post("start", "{\"UpdatePrefs\":{}}").status()).isEqualTo(500);
            assertThat(daemon.post("logout", "").status()).isEqualTo(500);
            assertThat(daemon.post("serve-config", "{}").status()).isEqualTo(500);
            assertThat(TestDaemon.text(daemon.post("check-prefs", "{}"))).contains("is locked");
            assertThat(daemon.backend.prefs().wantRunning()).isTrue();

            write("\"Locked\":false");
            assertThat(TestDaemon.text(daemon.post("reload-config", "")))
                    .isEqualTo("{\"Reloaded\":true,\"Err\":\"\"}\n");
            assertThat(daemon.patch("{\"Hostname\":\"other\",\"HostnameSet\":true}").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aKeyThatCannotBeReadIsNamedAndTakenWhenItCan() throws Exception {
        Path key = temp.resolve("key");
        write("\"AuthKey\":\"file:" + key + "\"");
        try (TestDaemon daemon = daemon()) {
            daemon.settled();
            assertThat(daemon.node.logins).isEmpty();
            assertThat(daemon.backend.situation().code()).isEqualTo("credentials-incomplete");
            assertThat(daemon.backend.situation().sentence())
                    .contains(key + " cannot be read: no such file or directory");

            Files.writeString(key, "\ufefftskey-2\r\n");
            assertThat(daemon.post("reload-config", "").status()).isEqualTo(200);
            assertThat(key(daemon)).isEqualTo("tskey-2");
        }
    }

    @Test
    void withoutAKeyItSaysSo() throws Exception {
        write("\"Hostname\":\"nobody\"");
        try (TestDaemon daemon = daemon()) {
            daemon.settled();
            assertThat(daemon.backend.situation().sentence())
                    .contains(file.toString(), "has no AuthKey");
        }
    }

    @Test
    void aFileThatMakesNoSenseChangesNothing() throws Exception {
        write("\"AuthKey\":\"tskey-1\",\"Hostname\":\"declared\"");
        try (TestDaemon daemon = daemon()) {
            write("\"AdvertiseRoutes\":[\"10.0.0.1/8\"]");
            assertThat(TestDaemon.text(daemon.post("reload-config", "")))
                    .contains("\"Reloaded\":false", "10.0.0.1/8 has non-address bits set");
            assertThat(daemon.backend.prefs().hostname()).isEqualTo("declared");
        }
        assertThatThrownBy(this::daemon).isInstanceOf(IOException.class);
    }

    @Test
    void anotherServerIsGoneTo() throws Exception {
        write("\"AuthKey\":\"tskey-1\"");
        try (TestDaemon daemon = daemon()) {
            daemon.logIn();
            int before = daemon.node.logins.size();
            write("\"Hostname\":\"renamed\"");
            daemon.post("reload-config", "");
            assertThat(daemon.node.logins).hasSize(before);
            assertThat(daemon.node.hostInfo.hostname()).isEqualTo("renamed");

            Files.writeString(
                    file,
                    "{\"Version\":\"alpha0\",\"ServerURL\":\"https://other.example\",\"AuthKey\":\"tskey-3\"}");
            daemon.post("reload-config", "");
            assertThat(daemon.node.logins.getLast().url()).hasToString("https://other.example");
            assertThat(key(daemon)).isEqualTo("tskey-3");
        }
    }
}
