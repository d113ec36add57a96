package dev.remora.server.store;

import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// How values stand in columns.
final class Rows {
    private static final JsonType<List<String>> TEXTS =
            Jsonb.builder().build().type(String.class).list();

    private Rows() {}

    /// Fills the places of a statement from the first to the last.
    static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            bindOne(statement, i + 1, values[i]);
        }
    }

    private static void bindOne(PreparedStatement statement, int place, Object value)
            throws SQLException {
        switch (value) {
            case Optional<?> maybe when maybe.isPresent() -> bindOne(statement, place, maybe.get());
            case Optional<?> nothing -> statement.setNull(place, Types.INTEGER);
            case OptionalLong maybe when maybe.isPresent() ->
                    statement.setLong(place, maybe.getAsLong());
            case OptionalLong nothing -> statement.setNull(place, Types.INTEGER);
            case Instant time -> statement.setLong(place, time.toEpochMilli());
            case Boolean yes -> statement.setInt(place, yes ? 1 : 0);
            case Number number -> statement.setLong(place, number.longValue());
            default -> statement.setString(place, value.toString());
        }
    }

    static String list(Collection<?> values) {
        return TEXTS.toJson(values.stream().map(Object::toString).toList());
    }

    static List<String> list(ResultSet row, String column) throws SQLException {
        return TEXTS.fromJson(row.getString(column));
    }

    static List<IpPrefix> prefixes(ResultSet row, String column)
            throws SQLException, MalformedException {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (String text : list(row, column)) {
            prefixes.add(IpPrefix.parse(text));
        }
        return prefixes;
    }

    static Instant time(ResultSet row, String column) throws SQLException {
        return Instant.ofEpochMilli(row.getLong(column));
    }

    static Optional<Instant> maybeTime(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    static OptionalLong maybeLong(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
