package dev.remora.proto.derp;

import dev.remora.base.MalformedException;
import dev.remora.crypto.DerpMeshKey;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;
import java.util.Optional;

/// What a client tells the relay about itself, boxed inside [HandshakeFrame.ClientInfo].
///
/// @param version the protocol version it speaks
/// @param canAckPings whether it answers [DerpFrame.Ping]
/// @param prober whether it only measures relays
/// @param meshKey the secret of a relay of the same region; left out by everybody else, an empty one is refused
/// @param appName a word for the relay's statistics; left out when empty
public record ClientDetails(
        int version,
        boolean canAckPings,
        boolean prober,
        Optional<DerpMeshKey> meshKey,
        String appName) {
    /// The protocol version this package implements.
    public static final int VERSION = 2;

    /// What an ordinary node says.
    public static final ClientDetails OF_NODE =
            new ClientDetails(VERSION, true, false, Optional.empty(), "");

    static ClientDetails parse(byte[] json) throws MalformedException {
        return BoxedJson.read(json, "client info", ClientDetails::read);
    }

    private static ClientDetails read(JsonReader in) throws MalformedException {
        int version = 0;
        boolean canAckPings = false;
        boolean prober = false;
        Optional<DerpMeshKey> meshKey = Optional.empty();
        String appName = "";
        while (in.hasNextField()) {
            switch (in.nextField()) {
                case "version" -> version = in.readInt();
                case "CanAckPings" -> canAckPings = in.readBoolean();
                case "IsProber" -> prober = in.readBoolean();
                case "meshKey" -> meshKey = Optional.of(DerpMeshKey.parse(in.readString()));
                case "AppName" -> appName = in.readString();
                default -> in.skipValue();
            }
        }
        return new ClientDetails(version, canAckPings, prober, meshKey, appName);
    }

    byte[] json() {
        return BoxedJson.write(this::write);
    }

    private void write(JsonWriter out) {
        if (meshKey.isPresent()) {
            out.name("meshKey");
            out.value(meshKey.get().text());
        }
        out.name("version");
        out.value(version);
        out.name("CanAckPings");
        out.value(canAckPings);
        if (prober) {
            out.name("IsProber");
            out.value(true);
        }
        if (!appName.isEmpty()) {
            out.name("AppName");
            out.value(appName);
        }
    }
}
