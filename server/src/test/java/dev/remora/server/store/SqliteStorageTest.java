package dev.remora.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.PreAuthKey;
import dev.remora.server.model.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStorageTest {
    private static final Owner TAGGED = new Owner.Tagged(new TreeSet<>(List.of("tag:web")));

    private @TempDir Path directory;
    private Path file;

    @BeforeEach
    void choose() {
        file = directory.resolve("tailnet.db");
    }

    private Kept load() throws IOException {
        try (SqliteStorage storage = SqliteStorage.open(file)) {
            return storage.load();
        }
    }

    @Test
    void aNewStorageIsEmptyAndItsOwnersAlone() throws Exception {
        Kept kept = load();

        assertThat(kept.users()).isEmpty();
        assertThat(kept.policy()).isEmpty();
        assertThat(kept.lastIds()).isEqualTo(new Kept.LastIds(0, 0, 0));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void everythingComesBackAsItWas() throws Exception {
        User user = Values.user(7, "alice");
        PreAuthKey key = Values.authKey(3, 7);
        Node persons = Values.node(11, "one", new Owner.Person(7), OptionalLong.of(3));
        Node tagged = Values.node(12, "two", TAGGED, OptionalLong.empty());
        AuditEntry note = new AuditEntry(Values.NOW, "root", "did it");
        PolicyVersion policy = new PolicyVersion(0, "{}", "root", Values.NOW);
        try (SqliteStorage storage = SqliteStorage.open(file)) {
            storage.write(
                    List.of(
                            new Write.PutUser(user),
                            new Write.PutAuthKey(key),
                            new Write.PutNode(persons),
                            new Write.PutNode(tagged),
                            new Write.PutPolicy(policy),
                            new Write.PutPolicy(
                                    new PolicyVersion(0, "{\"acls\":[]}", "root", Values.NOW)),
                            new Write.Note(note)));
            assertThat(storage.audit(10)).containsExactly(note);
            assertThat(storage.policies(10))
                    .extracting(PolicyVersion::text)
                    .containsExactly("{\"acls\":[]}", "{}");
        }

        Kept kept = load();
        assertThat(kept.users()).containsExactly(user);
        assertThat(kept.authKeys()).containsExactly(key);
        assertThat(kept.nodes()).containsExactly(persons, tagged);
        assertThat(kept.policy().orElseThrow().text()).isEqualTo("{\"acls\":[]}");
        assertThat(kept.lastIds()).isEqualTo(new Kept.LastIds(7, 3, 12));
    }

    @Test
    void whatIsDroppedIsGoneButItsNumberIsRemembered() throws Exception {
        try (SqliteStorage storage = SqliteStorage.open(file)) {
            storage.write(
                    List.of(
                            new Write.PutUser(Values.user(1, "alice")),
                            new Write.PutAuthKey(Values.authKey(1, 1)),
                            new Write.PutNode(
                                    Values.node(1, "n", new Owner.Person(1), OptionalLong.of(1)))));
            storage.write(List.of(new Write.DropAuthKey(1)));
            assertThat(storage.load().nodes().getFirst().membership().authKey()).isEmpty();
            storage.write(List.of(new Write.DropNode(1), new Write.DropUser(1)));
        }

        Kept kept = load();
        assertThat(kept.users()).isEmpty();
        assertThat(kept.nodes()).isEmpty();
        assertThat(kept.lastIds()).isEqualTo(new Kept.LastIds(1, 1, 1));
    }

    @Test
    void theDatabaseItselfRefusesTwoOfAKindAndKeepsNothingOfTheGroup() throws Exception {
        Node node = Values.node(1, "n", TAGGED, OptionalLong.empty());
        Node other = Values.node(2, "m", TAGGED, OptionalLong.empty());
        List<Node> doubles =
                List.of(
                        other.withName(node.name()),
                        other.withKeys(other.keys().withNode(node.keys().node())),
                        new Node(
                                2,
                                other.keys(),
                                TAGGED,
                                other.name(),
                                node.addresses(),
                                other.report(),
                                other.approvedRoutes(),
                                other.membership()),
                        other.withKeys(node.keys().withNode(other.keys().node())));
        try (SqliteStorage storage = SqliteStorage.open(file)) {
            storage.write(List.of(new Write.PutNode(node)));
            for (Node wrong : doubles) {
                assertThatThrownBy(() ->
                                storage.write(
                                        List.of(
                                                new Write.PutUser(Values.user(9, "x")),
                                                new Write.PutNode(wrong))))
                        .isInstanceOf(IOException.class);
            }
            assertThat(storage.load().users()).isEmpty();
            storage.write(List.of(new Write.PutNode(other)));
            assertThat(storage.load().nodes()).containsExactly(node, other);
        }
    }

    @Test
    void aFullDiskRefusesAndTheNextChangeFindsRoomAgain() throws Exception {
        Node node = Values.node(1, "n", TAGGED, OptionalLong.empty());
        load();
        int kept = 0;
        try (SqliteStorage storage = SqliteStorage.open(file, 40)) {
            storage.write(List.of(new Write.PutNode(node)));
            IOException refusal = null;
            while (refusal == null && kept < 100_000) {
                try {
                    storage.write(note("x".repeat(1000)));
                    kept++;
                } catch (IOException e) {
                    refusal = e;
                }
            }
            assertThat(refusal).hasMessageContaining("the disk is full");
            assertThat(storage.load().nodes()).containsExactly(node);
            assertThat(storage.audit(Integer.MAX_VALUE)).hasSize(kept);
        }
        try (SqliteStorage storage = SqliteStorage.open(file)) {
            storage.write(note("again"));
            assertThat(storage.audit(Integer.MAX_VALUE)).hasSize(kept + 1);
        }
    }

    private static List<Write> note(String text) {
        return List.of(new Write.Note(new AuditEntry(Values.NOW, "test", text)));
    }

    @Test
    void twoWritersAtOnceLoseNothing() throws Exception {
        try (SqliteStorage storage = SqliteStorage.open(file);
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Callable<Void>> writers = new ArrayList<>();
            for (int writer = 0; writer < 2; writer++) {
                int first = 1 + writer * 100;
                writers.add(() -> {
                    for (int i = first; i < first + 100; i++) {
                        storage.write(List.of(new Write.PutUser(Values.user(i, "u" + i))));
                    }
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(writers)) {
                done.get();
            }
        }

        assertThat(load().users())
                .extracting(User::id)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 200).boxed().toList());
    }

    @Test
    void aSecondServerIsKeptAway() throws Exception {
        try (SqliteStorage storage = SqliteStorage.open(file)) {
            assertThatThrownBy(() -> SqliteStorage.open(file))
                    .isInstanceOf(IOException.class)
                    .hasMessage("another server has " + file + " open");
            storage.check();
        }
        load();
    }

    @Test
    void whoOpensItForAMomentIsWaitedFor() throws Exception {
        try (ExecutorService other = Executors.newSingleThreadExecutor();
                SqliteStorage storage = SqliteStorage.open(file)) {
            Future<?> second =
                    other.submit(() -> {
                        SqliteStorage.open(file).close();
                        return null;
                    });
            storage.check();
            storage.close();
            second.get();
        }
    }

    @Test
    void aBackupIsAWholeStorageTakenWhileTheServerGoesOn() throws Exception {
        Path copy = directory.resolve("copy.db");
        try (SqliteStorage storage = SqliteStorage.open(file)) {
            storage.write(List.of(new Write.PutUser(Values.user(1, "alice"))));
            storage.backup(copy);
            storage.write(List.of(new Write.PutUser(Values.user(2, "bob"))));
            assertThatThrownBy(() -> storage.backup(copy)).hasMessageContaining("is there already");
            assertThatThrownBy(() -> storage.backup(directory.resolve("none/copy.db")))
                    .isInstanceOf(IOException.class);
        }
        try (SqliteStorage storage = SqliteStorage.open(copy)) {
            assertThat(storage.load().users()).extracting(User::name).containsExactly("alice");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                .isEqualTo("rw-------");
    }

    @Test
    void aFileThatIsNotOursIsRefused() throws Exception {
        Files.writeString(file, "Dear diary, this is certainly no database. ".repeat(100));
        assertThatThrownBy(() -> SqliteStorage.open(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " cannot be opened: it is no database");
        Files.delete(file);
        sql(file, "CREATE TABLE diary (day TEXT)");
        assertThatThrownBy(() -> SqliteStorage.open(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " is the database of another program");
    }

    @Test
    void aNewerVersionsDatabaseIsRefused() throws Exception {
        load();
        sql(
                file,
                "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum,"
                        + " installed_by, installed_on, execution_time, success) VALUES (99, '1000', 'later', 'SQL',"
                        + " 'V1000__later.sql', 1, '', '2030-01-01 00:00:00', 1, 1)");
        assertThatThrownBy(() -> SqliteStorage.open(file))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        file
                                + " was made by a newer version of Remora, which this one cannot read");
    }

    @Test
    void aPlaceThatCannotBeUsedIsRefused() {
        assertThatThrownBy(() -> SqliteStorage.open(directory.resolve("none/tailnet.db")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot write beside");
    }

    private static void sql(Path database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
