package dev.remora.proto.derp;

import dev.remora.base.MalformedException;
import io.avaje.json.JsonReader;
import io.avaje.json.JsonWriter;

/// What a relay tells its client, boxed inside [HandshakeFrame.ServerInfo].
///
/// @param version the protocol version it speaks
/// @param bytesPerSecond how much a client may send on average, frame headers and keys included; 0: no limit
/// @param burstBytes how much of that at once
public record ServerDetails(int version, long bytesPerSecond, long burstBytes) {
    static ServerDetails parse(byte[] json) throws MalformedException {
        return BoxedJson.read(json, "server info", ServerDetails::read);
    }

    private static ServerDetails read(JsonReader in) {
        int version = 0;
        long bytesPerSecond = 0;
        long burstBytes = 0;
        while (in.hasNextField()) {
            switch (in.nextField()) {
                case "version" -> version = in.readInt();
                case "TokenBucketBytesPerSecond" -> bytesPerSecond = in.readLong();
                case "TokenBucketBytesBurst" -> burstBytes = in.readLong();
                default -> in.skipValue();
            }
        }
        return new ServerDetails(version, Math.max(0, bytesPerSecond), Math.max(0, burstBytes));
    }

    byte[] json() {
        return BoxedJson.write(this::write);
    }

    private void write(JsonWriter out) {
        out.name("version");
        out.value(version);
        if (bytesPerSecond > 0) {
            out.name("TokenBucketBytesPerSecond");
            out.value(bytesPerSecond);
            out.name("TokenBucketBytesBurst");
            out.value(burstBytes);
        }
    }
}
