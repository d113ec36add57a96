package dev.remora.proto.control;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.base.StrangersJson;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.LockKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import io.avaje.json.JsonAdapter;
import io.avaje.json.JsonDataException;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import io.avaje.jsonb.Jsonb;
import io.avaje.jsonb.Types;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads and writes the messages of this package as JSON, by the rules of Go's `encoding/json`: members
/// that are absent or `null` keep their zero value, unknown members are skipped, `null` for a whole
/// message is one without members, and what is no Unicode becomes U+FFFD, so that all that was read can be written.
public final class ControlJson {
    /// Go stops at 10,000; nothing in this protocol nests deeper than about ten.
    private static final int MAX_DEPTH = 64;

    private static final byte[] NO_MEMBERS = {'{', '}'};

    private static final Jsonb JSON =
            Jsonb.builder()
                    .serializeNulls(false)
                    .serializeEmpty(true)
                    .add(AuthKey.class, new TextAdapter<>(AuthKey::new, AuthKey::secret))
                    .add(NodeKey.class, new TextAdapter<>(NodeKey::parse, NodeKey::text))
                    .add(MachineKey.class, new TextAdapter<>(MachineKey::parse, MachineKey::text))
                    .add(DiscoKey.class, new TextAdapter<>(DiscoKey::parse, DiscoKey::text))
                    .add(LockKey.class, new TextAdapter<>(LockKey::parse, LockKey::text))
                    .add(IpPrefix.class, new TextAdapter<>(ControlJson::prefix, IpPrefix::toString))
                    .add(IpPort.class, new TextAdapter<>(ControlJson::endpoint, IpPort::toString))
                    .add(IpAddress.class, new TextAdapter<>(ControlJson::ip, IpAddress::toString))
                    .add(RawJson.class, new RawJsonAdapter())
                    .add(Types.listOf(RawJson.class), new ValuesAdapter())
                    .build();

    private ControlJson() {}

    /// Reads one message.
    public static <T> T read(Class<T> type, byte[] json) throws MalformedException {
        byte[] mended = StrangersJson.mend(json);
        JsonShape.check(mended, MAX_DEPTH);
        try {
            return JSON.type(type).fromJson(JsonShape.isNull(mended) ? NO_MEMBERS : mended);
        } catch (RuntimeException e) {
            // The library and the adapters below throw several unchecked kinds for wrong input.
            throw new MalformedException(type.getSimpleName() + ": " + e.getMessage());
        }
    }

    /// Writes one message, without the members that are `null`.
    public static byte[] write(Object message) {
        return JSON.toJsonBytes(message);
    }

    /// As text, for records that are kept inside other JSON.
    public static String text(Object message) {
        return new String(write(message), StandardCharsets.UTF_8);
    }

    /// The zero value of an address is the empty text in Go; here it is absence.
    private static @Nullable IpPrefix prefix(String text) throws MalformedException {
        return text.isEmpty() ? null : IpPrefix.parse(text);
    }

    /// An endpoint with a zone names an interface of the *peer's* machine: nothing that we could use.
    private static @Nullable IpPort endpoint(String text) throws MalformedException {
        return text.isEmpty() || text.indexOf('%') >= 0 ? null : IpPort.parse(text);
    }

    private static @Nullable IpAddress ip(String text) throws MalformedException {
        return text.isEmpty() || text.indexOf('%') >= 0 ? null : IpAddress.parse(text);
    }

    /// Makes a value of its text.
    private interface Parser<T> {
        @Nullable T parse(String text) throws MalformedException;
    }

    /// Gives the text of a value.
    private interface Writer<T> {
        String text(T value);
    }

    /// For values that are a JSON string.
    private record TextAdapter<T>(Parser<T> parser, Writer<T> writer) implements JsonAdapter<T> {
        @Override
        public void toJson(JsonWriter out, @Nullable T value) {
            if (value == null) {
                out.nullValue();
            } else {
                out.value(writer.text(value));
            }
        }

        @Override
        @SuppressWarnings(
                "NullAway") // the library's interface knows nothing of null, its contract does
        public @Nullable T fromJson(JsonReader in) {
            if (in.isNullValue()) {
                return null;
            }
            try {
                return parser.parse(in.readString());
            } catch (MalformedException e) {
                throw new JsonDataException(e.reason());
            }
        }
    }

    private static final class RawJsonAdapter implements JsonAdapter<RawJson> {
        @Override
        public void toJson(JsonWriter out, @Nullable RawJson value) {
            if (value == null) {
                out.nullValue();
            } else {
                out.rawValue(value.text());
            }
        }

        @Override
        public RawJson fromJson(JsonReader in) {
            return new RawJson(in.readRaw());
        }
    }

    /// The values of a capability, or `null`: only its name counts then. In a map the library would leave out the name of a `null`, too.
    private static final class ValuesAdapter implements JsonAdapter<List<RawJson>> {
        @Override
        public void toJson(JsonWriter out, @Nullable List<RawJson> values) {
            if (values == null) {
                out.rawValue("null");
                return;
            }
            out.beginArray();
            values.forEach(value -> out.rawValue(value.text()));
            out.endArray();
        }

        @Override
        @SuppressWarnings("NullAway") // as above
        public @Nullable List<RawJson> fromJson(JsonReader in) {
            if (in.isNullValue()) {
                return null;
            }
            List<RawJson> values = new ArrayList<>();
            in.beginArray();
            while (in.hasNextElement()) {
                values.add(new RawJson(in.readRaw()));
            }
            in.endArray();
            return values;
        }
    }
}
