package dev.remora.sidecar.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.ServerProgram;
import dev.remora.sidecar.cli.Tree;
import dev.remora.sidecar.server.CommandRuns.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands, on a state directory without and with a server.
@Tag("host")
class ServerCommandTest {
    @TempDir private Path temp;

    private CommandRuns runs() {
        return new CommandRuns(temp.resolve("state"));
    }

    private Ran run(String... words) {
        return runs().run(words);
    }

    private ServerProgram server(String... words) throws Exception {
        return runs().server(words);
    }

    @Test
    void userAndKeyCanBeMadeBeforeTheFirstStart() throws Exception {
        assertThat(run("users", "create", "alice").out()).isEqualTo("User alice is created.\n");
        Ran key =
                run("preauthkeys", "create", "--user", "alice", "--reusable", "--tags", "tag:web");
        assertThat(key.out()).matches("\\S+\n");

        try (ServerProgram server = server()) {
            assertThat(server.tailnet().users().byName("alice")).isPresent();
            Tree kept = run("preauthkeys", "list", "--output", "json").json().items().getFirst();
            assertThat(kept.at("reusable").bool()).isTrue();
            assertThat(kept.at("acl_tags").texts()).containsExactly("tag:web");
            assertThat(key.out()).doesNotContain(kept.at("key").text());
        }
    }

    @Test
    void userAndKeyCanBeMadeWhileItRuns() throws Exception {
        try (ServerProgram server = server()) {
            assertThat(run("users", "create", "bob", "--email", "bob@example.com").exit()).isZero();
            assertThat(server.tailnet().users().byName("bob").orElseThrow().email())
                    .isEqualTo("bob@example.com");
            assertThat(run("users", "create", "bob").err())
                    .isEqualTo("there is a user bob already\n");
            assertThat(run("users", "list").out()).contains("Name", "bob", "bob@example.com");
            assertThat(run("users", "rename", "--name", "bob", "--new-name", "rob").exit())
                    .isZero();
            assertThat(run("users", "list", "-o", "yaml").out()).contains("name: rob\n");
            assertThat(run("preauthkeys", "create", "-u", "1").out()).matches("\\S+\n");
            assertThat(run("preauthkeys", "expire", "--id", "1").out()).contains("is expired");
            assertThat(run("preauthkeys", "delete", "--id", "1").exit()).isZero();
            assertThat(run("users", "destroy", "--identifier", "1", "--force").exit()).isZero();
            assertThat(run("nodes", "list", "-o", "json-line").out()).isEqualTo("[]\n");
            assertThat(run("nodes", "delete", "-i", "7").err()).isEqualTo("there is no node '7'\n");
            assertThat(run("auth", "reject", "--auth-id", "x").exit()).isEqualTo(1);
            assertThat(run("health").out()).isEqualTo("The server is well.\n");
        }
    }

    @Test
    void aPolicyIsTakenOrRefusedWithItsPlace() throws Exception {
        Path good = Files.writeString(temp.resolve("good"), "{\"acls\": []}\n");
        Path bad = Files.writeString(temp.resolve("bad"), "{\n  \"acls\": 7\n}\n");
        try (ServerProgram server = server()) {
            assertThat(run("policy", "set", "--file", good.toString()).exit()).isZero();
            Ran refused = run("policy", "set", "--file", bad.toString());
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.err()).contains("line 2");
            assertThat(run("policy", "check", "-f", bad.toString()).exit()).isEqualTo(1);
            assertThat(run("policy", "get").out()).isEqualTo("{\"acls\": []}\n");
            assertThat(server.tailnet().policy().text()).isEqualTo("{\"acls\": []}\n");
        }
    }

    @Test
    void aBackupIsTheWholeState() throws Exception {
        Path copy = temp.resolve("copy");
        Files.createDirectory(copy);
        try (ServerProgram server = server()) {
            run("users", "create", "alice");
            assertThat(run("backup", copy.resolve("server.db").toString()).exit()).isZero();
            assertThat(server.tailnet().users().all()).hasSize(1);
        }
        assertThat(new CommandRuns(copy).run("users", "list").out()).contains("alice");
    }

    @Test
    void onlyItsUserMayTellItWhatToDoAndOneServerHasAStateDirectory() throws Exception {
        try (ServerProgram server = server()) {
            Path socket = temp.resolve("state/admin.sock");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
            assertThatThrownBy(this::server)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("state");
            assertThat(server.tailnet().nodes()).isEmpty();
        }
        assertThat(temp.resolve("state/admin.sock")).doesNotExist();
        assertThat(run("health").err()).startsWith("no server runs on ");
    }

    @Test
    void whatMakesNoSenseIsSaid() {
        assertThat(run("users").exit()).isZero();
        assertThat(run("users", "sing").err()).isEqualTo("users: unknown subcommand: sing\n");
        assertThat(run("users", "create").err()).startsWith("one NAME is needed\n");
        assertThat(run("users", "list", "--output", "xml").err()).contains("json");
        assertThat(run("preauthkeys", "create").err()).contains("tagged or owned");
    }
}
