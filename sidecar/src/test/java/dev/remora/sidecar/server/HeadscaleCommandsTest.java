package dev.remora.sidecar.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Bytes32;
import dev.remora.crypto.MachineKey;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.RegisterRequest;
import dev.remora.server.ServerProgram;
import dev.remora.sidecar.cli.Tree;
import dev.remora.sidecar.server.CommandRuns.Ran;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Scripts that were written for headscale: what it printed for the same sequence of commands is in `vectors/headscale-commands`.
@Tag("host")
class HeadscaleCommandsTest {
    @TempDir private Path temp;
    private CommandRuns runs;
    private ServerProgram server;

    @BeforeEach
    void start() throws Exception {
        runs = new CommandRuns(temp.resolve("state"));
        server = runs.server("--device-approval=on");
        runs.run("users", "create", "alice");
        runs.run(
                "users",
                "create",
                "bob",
                "--display-name=Bob B",
                "--email=bob@example.com",
                "--picture-url=https://x.example/p.png");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void usersHaveTheSameMembers() throws Exception {
        assertSameJson("users.json", "users", "list", "-ojson");
        assertSameYaml("users.yaml", List.of(), "user", "ls", "-o", "yaml");
        assertThat(runs.run("-o", "json-line", "users", "show", "-n", "nobody").out())
                .isEqualTo("[]\n");
    }

    @Test
    void keysHaveTheSameMembers() throws Exception {
        runs.run("preauthkeys", "create", "-u", "1");
        runs.run("pre", "new", "--user=2", "--reusable", "--ephemeral", "--expiration", "24h");
        runs.run("authkey", "c", "-u1", "-e", "90d", "--tags", "tag:a", "--tags", "tag:b");
        runs.run("preauthkeys", "create", "--tags", "tag:x");

        assertSameJson("preauthkeys.json", "preauthkeys", "list", "-o", "json");
        List<String> ours = List.of("  takeovername: ", "  needsapproval: ");
        assertSameYaml("preauthkeys.yaml", ours, "preauthkeys", "list", "-o", "yaml");
    }

    @Test
    void nodesHaveTheSameMembers() throws Exception {
        Path policy = temp.resolve("policy");
        Files.writeString(policy, "{\"tagOwners\": {\"tag:a\": [\"alice@\"], \"tag:b\": []}}");
        runs.run("policy", "put", "-f", policy.toString());
        join("web", key("alice"), 1);
        join("waiter", key("bob"), 2);
        runs.run("preauthkeys", "rm", "-i", "2");
        assertSameYaml(
                "nodes.yaml",
                List.of(
                        "    takeovername: ",
                        "    needsapproval: ",
                        "  ephemeral: ",
                        "  needsapproval: "),
                "nodes",
                "list",
                "-u",
                "alice",
                "-o",
                "yaml");

        runs.run("node", "t", "-i", "1", "-t", "tag:a,tag:b");
        runs.run("nodes", "approve-routes", "-i", "1", "-r", "0.0.0.0/0");
        server.tailnet().pollOpened(1);
        assertSameJson("nodes.json", "nodes", "list", "--output=json");
        assertThat(runs.run("nodes", "routes", "-o", "json").json().items()).hasSize(1);
        assertThat(runs.run("nodes", "lsr").out().lines().map(String::stripTrailing))
                .containsExactly(
                        "ID | Hostname | Approved  | Available   | Serving (Primary)",
                        "1  | web      | 0.0.0.0/0 | 10.2.0.0/16 |",
                        "   |          | ::/0      | 10.3.0.0/16 |");
    }

    @Test
    void whatCannotBeUndoneIsAskedFirst() throws Exception {
        join("web", key("bob"), 1);
        Ran asked = runs.answering("n\n", "nodes", "delete", "-i", "1");
        assertThat(asked.err()).startsWith("Delete node web? [y/n] ");
        assertThat(asked.exit()).isZero();
        assertThat(runs.run("users", "destroy", "-n", "alice").err()).contains("Nothing is");
        assertThat(server.tailnet().nodes()).hasSize(1);

        assertThat(
                        runs.answering("y\n", "nodes", "del", "-i", "web", "-o", "json")
                                .json()
                                .at("Result"))
                .isNotEqualTo(Tree.NOTHING);
        assertThat(runs.run("--force", "users", "delete", "-n", "alice", "-o", "json").out())
                .isEqualTo("{}\n");
        assertThat(server.tailnet().nodes()).isEmpty();
        assertThat(runs.run("users", "ls", "-n", "alice", "-o", "json").out()).isEqualTo("[]\n");
    }

    @Test
    void aDeviceWaitsForTheCommandThatApprovesIt() throws Exception {
        String key =
                runs.run("preauthkeys", "create", "-u", "alice", "--pre-approved=false")
                        .out()
                        .strip();
        join("web", key, 1);
        assertThat(runs.run("nodes", "list").out()).contains("needs approval");
        assertThat(first("nodes", "list").at("needs_approval").bool()).isTrue();
        assertThat(runs.run("nodes", "approve", "--identifier", "web").exit()).isZero();
        assertThat(first("nodes", "list").at("needs_approval").bool()).isFalse();

        join("free", key("alice"), 2);
        assertThat(server.tailnet().node(2).orElseThrow().membership().authorized()).isTrue();
    }

    @Test
    void everyChangeIsInTheAuditLogWithWhoMadeIt() throws Exception {
        runs.run("nodes", "delete", "-i", "7", "--force");
        List<String> lines = runs.run("audit").out().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.getFirst()).startsWith("Time ").contains("Who", "What");
        assertThat(lines.getLast()).contains(" | command ", "created user bob");
        assertThat(first("audit", "--limit=1").at("what").text()).isEqualTo("created user bob");
    }

    @Test
    void errorsAreInTheFormThatWasAskedFor() throws Exception {
        Ran wrong = runs.run("nodes", "expire", "-i", "99", "-o", "json-line");
        assertThat(wrong.exit()).isEqualTo(1);
        assertThat(wrong.err()).isEqualTo("{\"error\":\"there is no node '99'\"}\n");
        assertThat(wrong.out()).isEmpty();
        assertThat(runs.run("policy", "get").exit()).isEqualTo(1);
        assertThat(runs.run("nodes", "ping", "-i", "99").err()).contains("there is no node");
    }

    @Test
    void whatIsNotOfferedSaysSo() {
        for (String absent : List.of("apikeys", "debug", "oauth-clients", "completion", "serve")) {
            Ran ran = runs.run(absent, "create", "--whatever", "x");
            assertThat(ran.exit()).as(absent).isEqualTo(1);
            assertThat(ran.err().lines()).as(absent).hasSize(1);
        }
        assertThat(runs.run("nodes", "backfillips", "--force", "-o", "json").out())
                .isEqualTo("{}\n");
        assertThat(runs.run("gen", "private-key").out()).matches("privkey:[0-9a-f]{64}\n");
        assertThat(runs.run("version", "-o", "json").out()).contains("\"version\": ");
    }

    @Test
    void flagsAreCheckedWithoutAStart() throws Exception {
        Path policy = Files.writeString(temp.resolve("wrong"), "{\"acls\": 7}");
        String listen = "--listen=127.0.0.1:443";
        assertThat(runs.run(listen, "configtest").exit()).isZero();
        assertThat(runs.run("configtest", listen, "--policy=" + policy).err()).contains("line 1");
        assertThat(runs.run("configtest", listen, "--base-domain=a b").exit()).isEqualTo(1);
        assertThat(runs.run("configtest", listen, "--device-approval=yes").exit()).isEqualTo(1);
    }

    @Test
    void helpShowsNamesLettersAndAliases() {
        Ran help = runs.run("nodes", "expire", "--help");
        assertThat(help.exit()).isZero();
        assertThat(help.err())
                .contains("logout, exp, e", "-i, --identifier value", "-o, --output value")
                .contains("server --state=DIR nodes expire --identifier ID|NAME");
        for (String group : List.of("users", "nodes", "preauthkeys", "auth", "policy")) {
            assertThat(runs.run(group).err()).as(group).contains("SUBCOMMANDS");
        }
    }

    private Tree first(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--output=json");
        return runs.run(all.toArray(String[]::new)).json().items().getFirst();
    }

    private String key(String user) {
        return runs.run("preauthkeys", "create", "-u", user).out().strip();
    }

    /// A node that offers two routes.
    private void join(String name, String authKey, int number) throws Exception {
        byte[] bytes = new byte[Bytes32.LENGTH];
        bytes[0] = (byte) number;
        MachineKey machine = new MachineKey(Bytes32.of(bytes));
        String hostInfo =
                "\"Hostinfo\": {\"Hostname\": \"%s\", \"RoutableIPs\": %s}"
                        .formatted(name, number == 1 ? "[\"10.2.0.0/16\", \"10.3.0.0/16\"]" : "[]");
        String hex = machine.text().substring("mkey:".length());
        String register =
                "{\"Version\": 138, \"NodeKey\": \"nodekey:%s\", \"Auth\": {\"AuthKey\": \"%s\"}, %s}"
                        .formatted(hex, authKey, hostInfo);
        server.tailnet()
                .register(
                        machine, ControlJson.read(RegisterRequest.class, register.getBytes(UTF_8)));
        String report =
                "{\"Version\": 138, \"NodeKey\": \"nodekey:%s\", \"DiscoKey\": \"discokey:%s\", %s}"
                        .formatted(hex, hex, hostInfo);
        server.tailnet().report(number, ControlJson.read(MapRequest.class, report.getBytes(UTF_8)));
    }

    private void assertSameJson(String file, String... words) throws Exception {
        Tree theirs = Tree.parse(recorded(file));
        Tree ours = runs.run(words).json();
        assertThat(ours.items()).hasSize(theirs.items().size());
        for (int i = 0; i < ours.items().size(); i++) {
            assertThat(shape(ours.items().get(i))).isEqualTo(shape(theirs.items().get(i)));
        }
    }

    /// The same members in the same order, line by line, but for values and `more` members of ours.
    private void assertSameYaml(String file, List<String> more, String... words) throws Exception {
        String yaml = runs.run(words).out();
        assertThat(new Load(LoadSettings.builder().build()).loadFromString(yaml))
                .isInstanceOf(List.class);
        List<String> ours =
                new ArrayList<>(
                        yaml.lines().map(line -> line.replaceAll(": \\S.*", ": ")).toList());
        ours.removeAll(more);
        List<String> theirs =
                new String(recorded(file), UTF_8)
                        .lines()
                        .map(line -> line.replaceAll(": \\S.*", ": "))
                        .toList();
        assertThat(members(ours)).isEqualTo(members(theirs));
    }

    /// Addresses and the like, items of lists, are values.
    private static List<String> members(List<String> lines) {
        return lines.stream().filter(line -> line.contains(": ") || line.endsWith(":")).toList();
    }

    /// Names of members with the kinds of their values. Fractions of a second may be missing: none is zero.
    private static Object shape(Tree value) {
        if (value.value() instanceof Map<?, ?>) {
            Map<String, Object> members = new TreeMap<>();
            value.members().forEach((name, member) -> members.put(name, shape(member)));
            members.remove("nanos");
            return members;
        }
        return value.value() instanceof List<?>
                ? new TreeSet<>(value.items().stream().map(item -> shape(item).toString()).toList())
                : String.valueOf(value.value()).isEmpty()
                        ? ""
                        : value.value().getClass().getSimpleName();
    }

    private static byte[] recorded(String file) throws IOException {
        String name = "/vectors/headscale-commands/" + file;
        try (InputStream in = HeadscaleCommandsTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }
}
