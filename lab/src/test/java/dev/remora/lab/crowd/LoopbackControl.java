package dev.remora.lab.crowd;

import dev.remora.base.MalformedException;
import dev.remora.crypto.MachineKey;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.LabProcess;
import dev.remora.lab.run.Result;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.ServerKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;

/// A control server on loopback, over plain HTTP, with the users `alice` and `bob`.
public interface LoopbackControl {
    String label();

    int port();

    /// Its process now; another one after [#start()].
    LabProcess process();

    /// A key for as many nodes of a user as want to join.
    String authKey(String user);

    /// Replaces the policy; when this returns, the server has read it.
    void policy(String hujson);

    /// Runs one of its commands; ours are those of headscale.
    Result cli(String... arguments);

    /// Ends it as a crash would.
    void kill();

    /// Starts it again with everything it knew.
    void start();

    /// What clients ask a server for first.
    default MachineKey key() {
        try (Door door = Door.open("127.0.0.1", port())) {
            door.send("GET /key?v=131 HTTP/1.1\r\nHost: unused\r\nConnection: close\r\n\r\n");
            door.head();
            byte[] json = door.rest().getBytes(StandardCharsets.UTF_8);
            return ControlJson.read(ServerKeys.class, json).publicKey();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedException e) {
            throw new LabException(label() + " has no key", e);
        }
    }

    /// Whether it answers.
    default boolean answers() {
        try (Door door = Door.open("127.0.0.1", port())) {
            door.send("GET /health HTTP/1.1\r\nHost: unused\r\nConnection: close\r\n\r\n");
            return door.head().startsWith("HTTP/1.1 200");
        } catch (IOException e) {
            return false;
        }
    }

    /// A port that was free a moment ago.
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
