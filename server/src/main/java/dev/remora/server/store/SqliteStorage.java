package dev.remora.server.store;

import dev.remora.base.MalformedException;
import dev.remora.server.store.Tables.Table;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keeps everything in one SQLite file, in WAL mode (`-wal` and `-shm` beside it belong to it while the server runs).
///
/// With `synchronous=FULL` a transaction is on the disk before [#write] returns. The uniqueness of names, addresses and keys
/// is the database's business too, so that no mistake of ours can store two of a kind.
public final class SqliteStorage implements Storage {
    private final OnlyOne onlyOne;
    private final SqliteFile file;
    private final Connection connection;

    private SqliteStorage(OnlyOne onlyOne, SqliteFile file, Connection connection) {
        this.onlyOne = onlyOne;
        this.file = file;
        this.connection = connection;
    }

    /// Opens the file or makes it, brings its tables up to date, and keeps other servers away from it until [#close].
    public static SqliteStorage open(Path path) throws IOException {
        return open(path, SqliteFile.MOST_PAGES);
    }

    /// @param mostPages what the database may grow to; beyond that all is as if the disk were full
    static SqliteStorage open(Path path, int mostPages) throws IOException {
        OnlyOne onlyOne = OnlyOne.of(path);
        try {
            SqliteFile file = SqliteFile.open(path, mostPages);
            return new SqliteStorage(onlyOne, file, file.connect());
        } catch (IOException e) {
            onlyOne.close();
            throw e;
        }
    }

    @Override
    public synchronized Kept load() throws IOException {
        try {
            List<PolicyVersion> newest = policies(1);
            return new Kept(
                    all(Tables.USERS, Tables::user),
                    all(Tables.AUTH_KEYS, Tables::authKey),
                    all(Tables.NODES, Tables::node),
                    newest.isEmpty() ? Optional.empty() : Optional.of(newest.getFirst()),
                    new Kept.LastIds(
                            lastId(Tables.USERS), lastId(Tables.AUTH_KEYS), lastId(Tables.NODES)));
        } catch (SQLException e) {
            throw file.failure("cannot be read", e);
        } catch (MalformedException e) {
            throw new IOException(file.path() + " has a value that cannot be read: " + e.reason());
        }
    }

    /// Makes a value of the row a cursor stands on.
    private interface Reader<T> {
        T read(ResultSet row) throws SQLException, MalformedException;
    }

    private <T> List<T> all(Table table, Reader<T> reader) throws SQLException, MalformedException {
        List<T> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(table.all())) {
            while (rows.next()) {
                values.add(reader.read(rows));
            }
        }
        return values;
    }

    /// SQLite remembers for an `AUTOINCREMENT` table the highest number that was ever in it.
    private long lastId(Table table) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT seq FROM sqlite_sequence WHERE name = ?")) {
            Rows.bind(statement, table.name());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        }
    }

    @Override
    public synchronized void write(List<Write> writes) throws IOException {
        try {
            execute("BEGIN IMMEDIATE");
            for (Write write : writes) {
                perform(write);
            }
            execute("COMMIT");
        } catch (SQLException e) {
            rollBack(e);
            throw file.failure("cannot be written", e);
        }
    }

    private void rollBack(SQLException cause) {
        try {
            execute("ROLLBACK");
        } catch (SQLException e) {
            // After a full disk SQLite may have rolled back by itself, and says then that there is
            // nothing to roll back. The driver's own transactions would not begin again after that,
            // and the next change would be stored piece by piece: so ours are in words.
            cause.addSuppressed(e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void perform(Write write) throws SQLException {
        switch (write) {
            case Write.PutUser(var user) -> run(Tables.USERS.put(), Tables.row(user));
            case Write.DropUser(long id) -> run(Tables.USERS.drop(), id);
            case Write.PutAuthKey(var key) -> run(Tables.AUTH_KEYS.put(), Tables.row(key));
            case Write.DropAuthKey(long id) -> run(Tables.AUTH_KEYS.drop(), id);
            case Write.PutNode(var node) -> run(Tables.NODES.put(), Tables.row(node));
            case Write.DropNode(long id) -> run(Tables.NODES.drop(), id);
            case Write.PutPolicy(var policy) ->
                    run(
                            "INSERT INTO policies (text, author, created_at) VALUES (?, ?, ?)",
                            policy.text(),
                            policy.author(),
                            policy.created());
            case Write.Note(var entry) ->
                    run(
                            "INSERT INTO audit (at, actor, what) VALUES (?, ?, ?)",
                            entry.at(),
                            entry.actor(),
                            entry.what());
        }
    }

    private void run(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Rows.bind(statement, values);
            statement.executeUpdate();
        }
    }

    @Override
    public synchronized List<AuditEntry> audit(int atMost) throws IOException {
        return newest(
                "SELECT * FROM audit ORDER BY id DESC LIMIT ?",
                atMost,
                row ->
                        new AuditEntry(
                                Rows.time(row, "at"),
                                row.getString("actor"),
                                row.getString("what")));
    }

    @Override
    public synchronized List<PolicyVersion> policies(int atMost) throws IOException {
        return newest(
                "SELECT * FROM policies ORDER BY version DESC LIMIT ?",
                atMost,
                row ->
                        new PolicyVersion(
                                row.getLong("version"),
                                row.getString("text"),
                                row.getString("author"),
                                Rows.time(row, "created_at")));
    }

    private <T> List<T> newest(String sql, int atMost, Reader<T> reader) throws IOException {
        List<T> values = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Rows.bind(statement, atMost);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    values.add(reader.read(rows));
                }
            }
            return values;
        } catch (SQLException e) {
            throw file.failure("cannot be read", e);
        } catch (MalformedException e) {
            throw new IOException(file.path() + " has a value that cannot be read: " + e.reason());
        }
    }

    /// Not synchronized: it has a connection of its own, and reads one moment's state however long it takes.
    @Override
    public void backup(Path target) throws IOException {
        if (Files.exists(target)) {
            throw new IOException(target + " is there already; a backup overwrites nothing");
        }
        OwnerOnly.create(target);
        try (Connection reader = file.connect()) {
            try (PreparedStatement copy = reader.prepareStatement("VACUUM INTO ?")) {
                Rows.bind(copy, target);
                copy.execute();
            }
            try (FileChannel written = FileChannel.open(target, StandardOpenOption.WRITE)) {
                written.force(true);
            }
        } catch (SQLException e) {
            Files.deleteIfExists(target);
            throw file.failure("cannot be copied to " + target, e);
        }
    }

    @Override
    public synchronized void check() throws IOException {
        try (Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT count(*) FROM sqlite_schema").close();
        } catch (SQLException e) {
            throw file.failure("cannot be read", e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        try (onlyOne) {
            connection.close();
        } catch (SQLException e) {
            throw file.failure("cannot be closed", e);
        }
    }
}
