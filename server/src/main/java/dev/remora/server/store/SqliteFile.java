package dev.remora.server.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteException;

/// The database file itself: is it ours, are its tables of today, and how connections to it are made.
record SqliteFile(Path path, SQLiteDataSource source) {
    /// In the head of every database of ours, for `file` and for us: the letters `Rmra`.
    private static final int APPLICATION_ID = 0x526d7261;

    /// Of 4 KiB: 4 GB.
    static final int MOST_PAGES = 1 << 20;

    private static final int BUSY_MILLIS = 5_000;

    static SqliteFile open(Path path, int mostPages) throws IOException {
        SqliteFile file = new SqliteFile(path, dataSource(path, mostPages));
        try {
            if (Files.notExists(path)) {
                OwnerOnly.create(path);
            }
            file.claim();
            file.migrate();
            return file;
        } catch (SQLException e) {
            throw file.failure("cannot be opened", e);
        } catch (FlywayException e) {
            throw new IOException(path + " cannot be brought up to date: " + firstLine(e), e);
        }
    }

    private static SQLiteDataSource dataSource(Path path, int mostPages) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(BUSY_MILLIS);
        config.setPragma(SQLiteConfig.Pragma.MAX_PAGE_COUNT, String.valueOf(mostPages));
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + path.toAbsolutePath());
        return source;
    }

    /// A connection on which each statement stands for itself, unless a transaction is begun in so many words.
    Connection connect() throws IOException {
        try {
            return source.getConnection();
        } catch (SQLException e) {
            throw failure("cannot be opened", e);
        }
    }

    private void claim() throws SQLException, IOException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            long owner = number(statement, "PRAGMA application_id");
            if (owner != APPLICATION_ID) {
                if (owner != 0 || number(statement, "SELECT count(*) FROM sqlite_schema") > 0) {
                    throw new IOException(path + " is the database of another program");
                }
                statement.execute("PRAGMA application_id = " + APPLICATION_ID);
            }
        }
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private void migrate() throws IOException {
        Flyway flyway =
                Flyway.configure(SqliteFile.class.getClassLoader())
                        .dataSource(source)
                        .locations("classpath:dev/remora/server/store/sqlite")
                        .loggers("slf4j")
                        .validateOnMigrate(false)
                        .load();
        MigrationInfo current = flyway.info().current();
        if (current != null && current.getState().name().startsWith("FUTURE")) {
            throw new IOException(
                    path + " was made by a newer version of Remora, which this one cannot read");
        }
        flyway.migrate();
    }

    private static String firstLine(FlywayException e) {
        return String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("");
    }

    /// What went wrong, in a sentence for whoever runs the server.
    IOException failure(String what, SQLException e) {
        return new IOException(path + " " + what + ": " + reason(e), e);
    }

    private static String reason(SQLException e) {
        if (!(e instanceof SQLiteException sqlite)) {
            return String.valueOf(e.getMessage());
        }
        return switch (sqlite.getResultCode()) {
            case SQLITE_FULL -> "the disk is full";
            case SQLITE_READONLY,
                    SQLITE_READONLY_DBMOVED,
                    SQLITE_READONLY_CANTINIT,
                    SQLITE_READONLY_DIRECTORY,
                    SQLITE_READONLY_CANTLOCK ->
                    "it may only be read";
            case SQLITE_CANTOPEN -> "there is no such place, or it may not be used";
            case SQLITE_NOTADB -> "it is no database";
            case SQLITE_CORRUPT -> "the database is damaged";
            case SQLITE_BUSY -> "another program holds it";
            default -> String.valueOf(e.getMessage());
        };
    }
}
